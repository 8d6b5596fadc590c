import Model

/// Mail HTML made safe to show: an allow-list of elements and attributes, no scripts, styles or forms, nothing loaded
/// from elsewhere, links that leave without a trace.
public enum HTMLSanitizer {
    /// Passes until the result is stable. Real mail needs one or two.
    private static let maxPasses = 5

    /// Sanitized HTML without document frame. Sanitizing the result again yields the same.
    public static func sanitized(_ html: String) -> String {
        var (current, isStable) = pass(html)
        for _ in 1..<maxPasses {
            if isStable { return current }
            let next = pass(current)
            if next.html == current { return current }
            (current, isStable) = next
        }
        // What never settles is shown as its text.
        return pass("<p>" + HTMLEscaping.escaped(HTMLText.plain(current)) + "</p>").html
    }

    /// - Returns: also whether another pass would surely change nothing.
    private static func pass(_ html: String) -> (html: String, isStable: Bool) {
        var output = ""
        output.reserveCapacity(html.utf8.count)
        var afterPre = false
        var nesting = HTMLNesting()
        HTMLDocument(html).walk { event in
            if afterPre, case .text(let text) = event, text.hasPrefix("\n") { output += "\n" }
            afterPre = false
            switch event {
            case .open(.img, let attributes) where !attributes.contains { $0.name == .src }:
                if let alt = attributes.first(where: { $0.name == .alt })?.value, !alt.isEmpty {
                    output += "[" + HTMLEscaping.escaped(alt) + "]"
                    nesting.text(alt)
                }
            case .open(let tag, let attributes):
                nesting.open(tag)
                output += "<"
                output += tag.name
                for attribute in attributes {
                    output += " "
                    output += attribute.name.name
                    output += "=\""
                    output += HTMLEscaping.escaped(attribute.value)
                    output += "\""
                }
                if tag == .a { output += " rel=\"noopener noreferrer nofollow\"" }
                output += ">"
                afterPre = tag == .pre
            case .text(let text):
                nesting.text(text)
                output += HTMLEscaping.escaped(text)
            case .close(let tag):
                nesting.close()
                output += "</"
                output += tag.name
                output += ">"
            }
        }
        return (output, nesting.isPlain && output.utf8.count < MailLimits.maxHTMLBytes)
    }
}
