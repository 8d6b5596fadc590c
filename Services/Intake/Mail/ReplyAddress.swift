/// An address that leads to one ticket and that nobody can guess: `support+<32 hexadecimal digits>@desk.example`.
public struct ReplyAddress: Sendable, Hashable {
    /// The mailbox that the address belongs to: `support@desk.example`.
    public let mailbox: String
    /// 32 lower-case hexadecimal digits, 128 bits.
    public let token: String

    /// Nil unless `mailbox` is an address and `token` 32 hexadecimal digits.
    public init?(mailbox: String, token: String) {
        let token = token.lowercased()
        guard let at = mailbox.utf8.lastIndex(of: UInt8(ascii: "@")), at != mailbox.startIndex,
            Self.isToken(token.utf8)
        else { return nil }
        self.mailbox = mailbox
        self.token = token
    }

    /// Reads an address of a mail; nil when it carries no token.
    public init?(_ address: String) {
        guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = address[..<at]
        guard let plus = local.utf8.lastIndex(of: UInt8(ascii: "+")) else { return nil }
        let token = String(local[local.utf8.index(after: plus)...])
        self.init(mailbox: String(local[..<plus]) + String(address[at...]), token: token)
    }

    /// The address to write in a mail.
    public var address: String {
        let at = mailbox.utf8.lastIndex(of: UInt8(ascii: "@")) ?? mailbox.endIndex
        return "\(mailbox[..<at])+\(token)\(mailbox[at...])"
    }

    /// The reply addresses that stand in a text, in order, each once, at most `limit`.
    static func all(in bytes: ArraySlice<UInt8>, limit: Int = 10) -> [ReplyAddress] {
        var found: [ReplyAddress] = []
        for at in bytes.indices where bytes[at] == UInt8(ascii: "@") && found.count < limit {
            guard at - bytes.startIndex > 33, bytes[at - 33] == UInt8(ascii: "+"), isToken(bytes[(at - 32)..<at]) else {
                continue
            }
            var start = at - 33
            while start > bytes.startIndex, at - start < 100, isAddressByte(bytes[start - 1]) { start -= 1 }
            var end = at + 1
            while end < bytes.endIndex, end - at < 255, isAddressByte(bytes[end]) { end += 1 }
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            if let address = ReplyAddress(text), !found.contains(address) { found.append(address) }
        }
        return found
    }

    private static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.count == 32
            && bytes.allSatisfy {
                (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0)
            }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
