/// `format=flowed` (RFC 3676): lines that end in a blank go on in the next.
enum FlowedText {
    static func unfolded(_ text: String, deletesSpace: Bool) -> String {
        var result: [String] = []
        var open: (depth: Int, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let quotes = line.prefix { $0 == ">" }
            var content = line[quotes.endIndex...]
            if content.first == " " { content = content.dropFirst() }
            let isSignature = content == "-- "
            let isFlowed = content.last == " " && !isSignature
            if isFlowed, deletesSpace { content = content.dropLast() }
            if let paragraph = open, paragraph.depth == quotes.count, !isSignature {
                open = (paragraph.depth, paragraph.text + content)
            } else {
                if let paragraph = open { result.append(quoted(paragraph.text, depth: paragraph.depth)) }
                open = (quotes.count, String(content))
            }
            if !isFlowed, let paragraph = open {
                result.append(quoted(paragraph.text, depth: paragraph.depth))
                open = nil
            }
        }
        if let paragraph = open { result.append(quoted(paragraph.text, depth: paragraph.depth)) }
        return result.joined(separator: "\n")
    }

    private static func quoted(_ text: String, depth: Int) -> String {
        depth == 0 ? text : String(repeating: ">", count: depth) + " " + text
    }
}
