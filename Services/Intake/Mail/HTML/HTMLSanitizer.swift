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
        if !isStable { current = pass("<p>" + escaped(HTMLText.plain(current)) + "</p>", images).html }
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
                    output += "[" + escaped(alt) + "]"
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
                    output += escaped(attribute.value)
                    output += "\""
                }
                if tag == .a { output += " rel=\"noopener noreferrer nofollow\"" }
                output += ">"
                afterPre = tag == .pre
            case .text(let text):
                nesting.text(text)
                output += escaped(text)
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

    /// Text as HTML text or as a quoted attribute's value.
    public static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return text }
        var text = text
        if text.unicodeScalars.contains(where: isNoText) {
            text.unicodeScalars = .init(text.unicodeScalars.map { isNoText($0) ? "\u{FFFD}" : $0 })
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            case 0..<9, 11..<32, 127: break
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A byte that stands for itself wherever it is.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0..<9, 11..<32, 127: false
        // What is no text begins so in UTF-8, besides much that is.
        case 0xC2, 0xEF...: false
        default: true
        }
    }

    /// Controls of Latin-1 and noncharacters, which a parser takes by their number and replaces when they stand there themselves.
    private static func isNoText(_ scalar: Unicode.Scalar) -> Bool {
        (0x80...0x9F).contains(scalar.value) || (0xFDD0...0xFDEF).contains(scalar.value)
            || scalar.value & 0xFFFE == 0xFFFE
    }
}
