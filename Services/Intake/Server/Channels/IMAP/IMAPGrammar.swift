import Model

/// Reads one whole answer (RFC 3501, section 9). What it does not know is `other`: servers may say anything unasked.
enum IMAPGrammar {
    static func response(_ pieces: [IMAPPiece]) throws(IMAPFault) -> IMAPResponse {
        guard case .text(let first)? = pieces.first else { return .other }
        if first.first == UInt8(ascii: "+") { return .goAhead }
        let words = first.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count >= 2 else { return .other }
        let name = word(words[1])
        let rest = words.count > 2 ? words[2] : []
        guard words[0].elementsEqual("*".utf8) else {
            return status(name, rest).map { .done(tag: text(words[0]), $0) } ?? .other
        }
        switch name {
        case "BYE": return .bye(status("OK", rest)?.text ?? "")
        case "CAPABILITY": return .capability(capabilities(rest))
        case "OK", "NO", "BAD", "PREAUTH":
            guard let status = status(name, rest) else { return .other }
            return status.code == "CAPABILITY"
                ? .capability(capabilities(Array(status.argument.utf8)[...])) : .status(status)
        default: break
        }
        guard let number = UInt32(name), let kind = rest.split(separator: UInt8(ascii: " "), maxSplits: 1).first else {
            return .other
        }
        switch word(kind) {
        case "EXISTS": return .exists(number)
        case "EXPUNGE": return .expunge
        case "FETCH":
            var cursor = IMAPCursor(pieces, skippingWords: 3)
            return .fetch(try fetched(&cursor))
        default: return .other
        }
    }

    /// `(UID 5 RFC822.SIZE 44 BODY[] {3}…)`: what is not asked for is skipped.
    private static func fetched(_ cursor: inout IMAPCursor) throws(IMAPFault) -> IMAPFetched {
        var fetched = IMAPFetched()
        guard cursor.take(UInt8(ascii: "(")) else { throw malformed }
        while !cursor.take(UInt8(ascii: ")")) {
            guard let name = cursor.item() else { throw malformed }
            let value = try cursor.value(depth: 0)
            switch word(name[...]) {
            case "UID": fetched.uid = value.text.flatMap { UInt32($0) } ?? 0
            case "RFC822.SIZE": fetched.sizeBytes = value.text.flatMap { Int64($0) }
            case let item where item.hasPrefix("BODY["): fetched.body = value.bytes.map { .bytes($0) } ?? .null
            default: break
            }
        }
        return fetched
    }

    private static func status(_ name: String, _ rest: ArraySlice<UInt8>) -> IMAPStatus? {
        let outcome: IMAPStatus.Outcome
        switch name {
        case "OK", "PREAUTH": outcome = .ok
        case "NO": outcome = .no
        case "BAD": outcome = .bad
        default: return nil
        }
        var status = IMAPStatus(outcome: outcome, text: text(rest))
        guard rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return status }
        let code = rest[(rest.startIndex + 1)..<end].split(separator: UInt8(ascii: " "), maxSplits: 1)
        status.code = code.first.map(word) ?? ""
        status.argument = code.count > 1 ? text(code[1]) : ""
        status.text = text(rest[(end + 1)...].drop { $0 == UInt8(ascii: " ") })
        return status
    }

    private static func capabilities(_ words: ArraySlice<UInt8>) -> Set<String> {
        Set(words.split(separator: UInt8(ascii: " ")).map(word))
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> String { text(bytes).uppercased() }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static let malformed = IMAPFault(.protocolError, "the server sent an answer that cannot be read")
}
