/// An email address as the desk compares it.
public enum EmailAddress {
    /// The longest address taken, in bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
    public static let limitBytes = 254

    /// `text` without surrounding spaces, in lower case; nil when it is no `local@domain` or could break a header line.
    /// Domains are case-insensitive (RFC 5321, section 2.4); local parts are so in practice.
    public static func normalized(_ text: some StringProtocol) -> String? {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        guard let end = trimmed.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
        let address = trimmed[...end].lowercased()
        let bytes = Array(address.utf8)
        guard bytes.count <= limitBytes, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = bytes[..<at]
        let labels = bytes[(at + 1)...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard !local.isEmpty, !local.contains(UInt8(ascii: "@")), !labels.contains(where: \.isEmpty) else { return nil }
        guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || refused.contains($0) }) else { return nil }
        return address
    }

    /// What would end the address where it is written into a header.
    private static let refused = Array("<>\",;:\\()[]".utf8)

    /// What stands behind the `@`.
    public static func domain(of address: String) -> Substring {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return address[address.index(after: at)...]
    }
}
