import Model

/// Mail HTML made safe to show: an allow-list of elements and attributes, no scripts, styles or forms, nothing loaded
/// from elsewhere but the images that were asked for, links that leave without a trace.
public enum HTMLSanitizer {
    /// What came of a document.
    public struct Result: Sendable {
        /// Without document frame. Sanitized again, it stays the same.
        public var html: String
        /// The document has images that lie elsewhere, whether or not they were kept.
        public var hasRemoteImages: Bool
    }

    /// Passes until the result is stable. Real mail needs one or two.
    private static let maxPasses = 5

    /// Sanitized HTML without document frame, nothing of it loaded from elsewhere. Sanitizing the result again yields the same.
    public static func sanitized(_ html: String) -> String { sanitizing(html).html }

    public static func sanitizing(_ html: String, images: MailImages = .inline) -> Result {
        let first = pass(html, images)
        var (current, isStable) = (first.html, first.isStable)
        for _ in 1..<maxPasses where !isStable {
            let next = pass(current, images)
            isStable = next.isStable || next.html == current
            current = next.html
        }
        // What never settles is shown as its text.
        if !isStable { current = pass("<p>" + HTMLEscaping.escaped(HTMLText.plain(current)) + "</p>", images).html }
        return Result(html: current, hasRemoteImages: first.hasRemoteImages)
    }

    /// - Returns: also whether another pass would surely change nothing.
    private static func pass(
        _ html: String, _ images: MailImages
    ) -> (html: String, isStable: Bool, hasRemoteImages: Bool) {
        var output = ""
        output.reserveCapacity(html.utf8.count)
        var afterPre = false
        var nesting = HTMLNesting()
        let document = HTMLDocument(html, images: images)
        document.walk { event in
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
        let isStable = nesting.isPlain && output.utf8.count < MailLimits.maxHTMLBytes
        return (output, isStable, document.hasRemoteImages)
    }
}
