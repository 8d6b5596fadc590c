/// Text as HTML: the one place that decides what stands for what.
public enum HTMLEscaping {
    /// Text as HTML text, or as a quoted attribute's value (HTML Standard, sections 13.1.3 and 13.5).
    ///
    /// The five characters that mean something are written as references. What no document may hold is not let through: controls of ASCII
    /// other than tab and line feed are left out; those of Latin-1 and noncharacters, which a parser takes by their number
    /// and replaces, become U+FFFD. So the result reads the same in every parser. Linear in time and space.
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

    public static func escaped(_ text: Substring) -> String { escaped(String(text)) }

    /// How many bytes a text has at most once it is escaped.
    public static func mostBytes(_ text: String) -> Int {
        text.utf8.reduce(0) { sum, byte in
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"): sum + 4
            case UInt8(ascii: "&"), UInt8(ascii: "'"): sum + 5
            case UInt8(ascii: "\""): sum + 6
            // A control of Latin-1 has two bytes, and what stands for it three.
            case 0xC2: sum + 2
            default: sum + 1
            }
        }
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

    /// Controls of Latin-1 and noncharacters.
    private static func isNoText(_ scalar: Unicode.Scalar) -> Bool {
        (0x80...0x9F).contains(scalar.value) || (0xFDD0...0xFDEF).contains(scalar.value)
            || scalar.value & 0xFFFE == 0xFFFE
    }
}
