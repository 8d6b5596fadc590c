/// Mail HTML made safe to show: an allow-list of elements and attributes, no scripts, styles or forms, nothing loaded
/// from elsewhere, links that leave without a trace.
public enum HTMLSanitizer {
    /// Passes until the result is stable. Real mail needs one or two.
    private static let maxPasses = 5

    /// Sanitized HTML without document frame. Sanitizing the result again yields the same.
    public static func sanitized(_ html: String) -> String {
        var current = pass(html)
        for _ in 1..<maxPasses {
            let next = pass(current)
            if next == current { return current }
            current = next
        }
        // What never settles is shown as its text.
        return pass("<p>" + escaped(HTMLText.plain(current)) + "</p>")
    }

    private static func pass(_ html: String) -> String {
        var output = ""
        var afterPre = false
        HTMLDocument(html).walk { event in
            if afterPre, case .text(let text) = event, text.hasPrefix("\n") { output += "\n" }
            afterPre = false
            switch event {
            case .open("img", let attributes) where !attributes.contains { $0.name == "src" }:
                if let alt = attributes.first(where: { $0.name == "alt" })?.value, !alt.isEmpty {
                    output += "[" + escaped(alt) + "]"
                }
            case .open(let name, let attributes):
                output += "<" + name
                for attribute in attributes { output += " \(attribute.name)=\"\(escaped(attribute.value))\"" }
                if name == "a" { output += " rel=\"noopener noreferrer nofollow\"" }
                output += ">"
                afterPre = name == "pre"
            case .text(let text):
                output += escaped(text)
            case .close(let name):
                output += "</\(name)>"
            }
        }
        return output
    }

    /// Text as HTML text or as a quoted attribute's value.
    public static func escaped(_ text: String) -> String {
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
}
