/// `format=flowed` (RFC 3676): lines that end in a blank go on in the next.
enum FlowedText {
    static func unfolded(_ text: String, deletesSpace: Bool) -> String {
        var result: [String] = []
        // Appended to in place: an unfolded line may be as long as the mail.
        var open = ""
        var openDepth: Int?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let quotes = line.prefix { $0 == ">" }
            var content = line[quotes.endIndex...]
            if content.first == " " { content = content.dropFirst() }
            let isSignature = content == "-- "
            let isFlowed = content.last == " " && !isSignature
            if isFlowed, deletesSpace { content = content.dropLast() }
            let depth = quotes.utf8.count
            if let before = openDepth, before != depth || isSignature {
                result.append(quoted(open, depth: before))
                open = ""
            }
            open += content
            openDepth = isFlowed ? depth : nil
            if !isFlowed {
                result.append(quoted(open, depth: depth))
                open = ""
            }
        }
        if let openDepth { result.append(quoted(open, depth: openDepth)) }
        return result.joined(separator: "\n")
    }

    private static func quoted(_ text: String, depth: Int) -> String {
        depth == 0 ? text : String(repeating: ">", count: depth) + " " + text
    }
}
