/// The address in a value that follows no grammar, as old phones and careless programs write it.
enum LooseAddress {
    private static let maxCharacters = 1_000

    /// - Parameter value: decoded, on one line.
    static func read(_ value: String) -> MailAddress? {
        let text = String(value.prefix(maxCharacters))
        // What stands last between angle brackets, else the first that looks like one.
        let bracketed = text.lastIndex(of: "<").map { words(text[$0...].prefix { $0 != ">" }) } ?? []
        guard let address = (bracketed + words(text[...])).first(where: isAddress) else { return nil }
        let rest = text.replacing(address, with: " ").replacing("mailto:", with: " ")
        let name = PlainText.line(String(rest.map { "<>[]()\",;".contains($0) ? " " : $0 }))
        return MailAddress(
            name: PlainText.shortened(name, characters: MailLimits.maxNameCharacters), address: String(address))
    }

    private static func words(_ text: Substring) -> [Substring] {
        text.split { " <>[]()\",;'".contains($0) }.map { $0.lowercased().hasPrefix("mailto:") ? $0.dropFirst(7) : $0 }
    }

    /// Dots may stand where the grammar has none (`ann..b.@phone.example`); all else is as it should be.
    private static func isAddress(_ word: Substring) -> Bool {
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, word.utf8.count <= 320,
            !parts[0].contains(where: { $0 == ":" || $0 == "\\" })
        else { return false }
        return parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].contains("..")
            && parts[1].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
    }
}
