/// Reads a report that has no part for machines: by the field that Exim and Gmail set, and by its own words (qmail, Domino, gateways).
enum BounceWords {
    private static let maxBytes = 64 * 1024
    private static let maxLines = 200
    private static let maxRecipients = 10

    static func read(_ content: MailContent, header: HeaderBlock, into bounce: inout MailBounce) {
        let lines = words(content)
        let code = lines.lazy.compactMap(statusCode).first ?? ""
        let isFailure =
            !code.isEmpty
            || lines.contains { line in
                let lower = line.lowercased()
                return failures.contains { lower.contains($0) }
            }
        bounce.failedRecipients = HeaderText.addresses(header.first("x-failed-recipients")).map(\.address)
        // An absence note names addresses too: only beside a failure is one a recipient that failed.
        if bounce.failedRecipients.isEmpty, isFailure {
            let own = Set(HeaderText.addresses(header.first("from")).map { $0.address.lowercased() })
            bounce.failedRecipients = addresses(lines).filter { !own.contains($0.lowercased()) }
        }
        guard !bounce.failedRecipients.isEmpty else { return }
        bounce.status = code
        bounce.action = code.hasPrefix("4") ? "delayed" : "failed"
    }

    /// The lines above the copy of what came back.
    private static func words(_ content: MailContent) -> [Substring] {
        let segment = content.segments.first
        let html = segment?.html.map { String(decoding: $0.utf8.prefix(maxBytes), as: UTF8.self) }
        let whole = segment?.plain ?? html.map(HTMLText.plain) ?? ""
        let text = String(decoding: whole.utf8.prefix(maxBytes), as: UTF8.self)
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline).prefix(maxLines) {
            if line.hasPrefix("---"), !lines.isEmpty { break }
            if !line.lowercased().hasPrefix("message-id:") { lines.append(line.prefix(1_000)) }
        }
        return lines
    }

    private static let failures = [
        "could not be delivered", "couldn't be delivered", "was not delivered", "wasn't delivered", "not delivered to",
        "delivery failed", "delivery to the following", "undeliverable", "unable to deliver", "wasn't able to deliver",
        "permanent error", "user unknown", "mailbox full", "did not reach", "was refused", "returned to sender",
        "nicht zugestellt", "unzustellbar", "не доставлено", "не удалось доставить", "nie został dostarczony",
        "nie można dostarczyć", "n'a pas pu être", "no se ha podido entregar", "no pudo entregarse", "δεν παραδόθηκε",
    ]

    /// An enhanced status code (RFC 3463) of a failure: `5.1.1`.
    private static func statusCode(_ line: Substring) -> String? {
        for word in line.split(whereSeparator: { !($0.isASCII && $0.isNumber) && $0 != "." }) {
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "5" || parts[0] == "4",
                parts[1...].allSatisfy({ (1...3).contains($0.count) })
            else { continue }
            return String(word)
        }
        return nil
    }

    private static func addresses(_ lines: [Substring]) -> [String] {
        var found: [String] = []
        for word in lines.joined(separator: " ").split(whereSeparator: { " \t<>()[],;:\"'*".contains($0) }) {
            guard found.count < maxRecipients else { break }
            var word = word
            while let last = word.last, last == "." { word.removeLast() }
            guard let at = word.firstIndex(of: "@"), at != word.startIndex, word[at...].contains("."),
                ReplyAddress(String(word)) == nil, word.utf8.count <= 320, !found.contains(String(word))
            else { continue }
            found.append(String(word))
        }
        return found
    }
}
