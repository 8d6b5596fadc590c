/// What a person newly wrote: a body without the quoted history, and without signature.
///
/// Works line by line with a fixed look-ahead, so a body costs time in proportion to its size.
public enum NewText {
    public static func of(_ text: String) -> String {
        // By bytes: to look for the bounds of characters takes several times as long.
        var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { QuoteLine(Substring($0)) }
        removeArmour(&lines)
        if let cut = historyStart(lines) { lines.removeSubrange(cut...) }
        markAttributions(&lines)
        if passesOn(lines) { return shown(lines) }
        markTornQuotes(&lines)
        if let cut = lines.firstIndex(where: { $0.role == .unquotedAttribution }) { lines.removeSubrange(cut...) }
        if let cut = signatureStart(lines) { lines.removeSubrange(cut...) }
        while let last = lines.last, last.isBlank || last.isHistory { lines.removeLast() }
        removeOnlyQuote(&lines)
        let result = shown(lines)
        return result.allSatisfy(\.isWhitespace) ? PlainText.trimmed(text) : result
    }

    private static func shown(_ lines: [QuoteLine]) -> String {
        PlainText.trimmed(withoutWideGaps(lines).map(\.text).joined(separator: "\n"))
    }

    /// Takes a text out of PGP's armour (RFC 9580, section 7), signature and all.
    private static func removeArmour(_ lines: inout [QuoteLine]) {
        guard let first = lines.firstIndex(where: { !$0.isBlank }),
            lines[first].text == "-----BEGIN PGP SIGNED MESSAGE-----",
            let head = lines[first...].firstIndex(where: \.isBlank)
        else { return }
        let end = lines[head...].firstIndex { $0.text == "-----BEGIN PGP SIGNATURE-----" } ?? lines.endIndex
        lines = lines[head..<end].map { $0.text.hasPrefix("- ") ? QuoteLine($0.text.dropFirst(2)) : $0 }
    }

    /// Whether a mail of somebody else is passed on here: all of it is what the sender has to say.
    private static func passesOn(_ lines: [QuoteLine]) -> Bool {
        for line in lines {
            if QuotePhrases.isForwardMark(line.text) { return true }
            // Apple quotes what it passes on, its mark first.
            if line.isQuoted {
                return QuotePhrases.isForwardMark(line.text.drop { $0 == ">" || $0 == " " })
            }
            if line.isHistory { return false }
        }
        return false
    }

    /// Where Outlook's kind of history begins: a separator line or a block of From, Sent, To, Subject.
    private static func historyStart(_ lines: [QuoteLine]) -> Int? {
        let labels = lines.map { $0.mayBeHeader ? QuotePhrases.label($0.text) : nil }
        var hasText = false
        for (index, line) in lines.enumerated() {
            // What somebody passes on is what they have to say.
            if QuotePhrases.isForwardMark(line.text) { return nil }
            if hasText, QuotePhrases.isGroupWiseMark(line.text) { return index }
            if !line.isBlank, hasText, !line.isQuoted {
                if QuotePhrases.isSeparator(line.text) { return index }
                if labels[index] == .to, let start = notesBlockStart(lines, labels, to: index) { return start }
                if labels[index] != nil, isHeaderBlock(labels[index..<min(index + 8, lines.count)]) {
                    // A rule above the block belongs to it.
                    let above = lines[..<index].lastIndex { !$0.isBlank }
                    return above.map { lines[$0].isRule ? $0 : index } ?? index
                }
            }
            if !line.isBlank, !line.isQuoted, !line.isRule { hasText = true }
        }
        return nil
    }

    private static func isHeaderBlock(_ labels: ArraySlice<QuotePhrases.Label?>) -> Bool {
        let named = Set(labels.compactMap { $0 })
        return named.contains(.from) && named.count >= 3
    }

    /// Where the block of Lotus Notes begins whose line To, at `index`, stands below a name and a date: `Ann 11/05/2024 10:02 AM`.
    private static func notesBlockStart(_ lines: [QuoteLine], _ labels: [QuotePhrases.Label?], to index: Int) -> Int? {
        guard labels[index..<min(index + 6, lines.count)].contains(.subject) else { return nil }
        let above = lines[max(0, index - 3)..<index]
        guard let date = above.lastIndex(where: { !$0.isBlank }), lines[date].text.utf8.count <= 200,
            QuotePhrases.hasYearAndTime(String(lines[date].text))
        else { return nil }
        // The name may have a line of its own.
        let hasName = date > 0 && !lines[date - 1].isBlank && lines[date - 1].text.utf8.count <= 60
        let start = hasName && !lines[date].text.contains("@") ? date - 1 : date
        return lines[..<start].contains { !$0.isBlank } ? start : nil
    }

    /// Marks lines like “On Monday, Ann wrote:”, which may be wrapped over up to four lines.
    private static func markAttributions(_ lines: inout [QuoteLine]) {
        guard let firstText = lines.firstIndex(where: { !$0.isBlank }) else { return }
        for end in lines.indices {
            let endsInColon = lines[end].endsInColon
            guard endsInColon || lines[end].endsInAddress, !lines[end].isQuoted || lines[end].isTornColon else {
                continue
            }
            let next = lines[(end + 1)...].first { !$0.isBlank }
            let isQuoteNext = next?.isQuoted ?? false
            guard endsInColon || isQuoteNext else { continue }
            var start: Int?
            var hasDigits = false
            var joined = ""
            for index in stride(from: end, through: max(0, end - 3), by: -1) {
                let line = lines[index]
                if line.isBlank || (index != end && line.isQuoted) || joined.utf8.count > 500 { break }
                joined = joined.isEmpty ? String(line.text) : line.text + " " + joined
                guard QuotePhrases.isAttribution(joined, aboveQuote: isQuoteNext) else { continue }
                if QuotePhrases.opensAttribution(line.text) { start = index; break }
                guard endsInColon, start == nil || !line.endsSentence else { continue }
                if line.hasDigitOrAt, !hasDigits {
                    start = index
                    hasDigits = true
                } else if start == nil, isQuoteNext, QuotePhrases.isShortAttribution(joined) {
                    start = index
                }
            }
            guard let start else { continue }
            let hasTextBefore = firstText < start
            // Somebody may write that something “wrote”: without a quote only an address or a date makes it an attribution.
            if !isQuoteNext, !hasTextBefore || !QuotePhrases.isDated(joined) { continue }
            for index in start...end {
                lines[index].role = isQuoteNext || !hasTextBefore ? .attribution : .unquotedAttribution
            }
            if !isQuoteNext, hasTextBefore { return }
        }
    }

    /// A lone line between quoted ones was torn off the line above by a mail program.
    private static func markTornQuotes(_ lines: inout [QuoteLine]) {
        guard lines.count > 2 else { return }
        for index in 1..<(lines.count - 1) where !lines[index].isBlank && lines[index - 1].isQuoted {
            guard lines[index - 1].text.utf8.count >= QuoteLine.wrapColumn else { continue }
            if lines[index].role == .text, lines[index + 1].isQuoted { lines[index].role = .quoted }
        }
    }

    private static func signatureStart(_ lines: [QuoteLine]) -> Int? {
        var hasText = false
        var remaining = lines.count { !$0.isBlank && !$0.isHistory }
        for (index, line) in lines.enumerated() where !line.isBlank && !line.isHistory {
            remaining -= 1
            if hasText {
                if line.text == "-- " { return index }
                if line.isSignatureRule, remaining <= 12 { return index }
                let next = index + 1 < lines.count ? lines[index + 1] : nil
                let standsAlone = lines[index - 1].isBlank && (next.map { $0.isBlank || $0.isHistory } ?? true)
                if standsAlone || remaining == 0, QuotePhrases.isDeviceLine(line.text) { return index }
            }
            hasText = true
        }
        return nil
    }

    /// At most two blank lines in a row.
    private static func withoutWideGaps(_ lines: [QuoteLine]) -> [QuoteLine] {
        var blanks = 0
        return lines.filter { line in
            blanks = line.isBlank ? blanks + 1 : 0
            return blanks <= 2
        }
    }

    /// One quote with its attribution above the answer is history; several are a conversation and stay.
    private static func removeOnlyQuote(_ lines: inout [QuoteLine]) {
        guard let first = lines.firstIndex(where: \.isHistory) else { return }
        var end = first
        while end < lines.count, lines[end].isHistory || lines[end].isBlank { end += 1 }
        guard end < lines.count, !lines[end...].contains(where: \.isHistory) else { return }
        let opensBody = lines[..<first].allSatisfy(\.isBlank)
        guard opensBody || lines[first].role == .attribution else { return }
        lines.removeSubrange(first..<end)
    }
}
