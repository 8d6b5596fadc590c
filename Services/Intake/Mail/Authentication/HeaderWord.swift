/// A piece of a structured header value (RFC 5322, section 3.2), comments taken out and quotes opened.
enum HeaderWord: Hashable {
    case text(String)
    case equals
    case semicolon

    /// Nil for a sign.
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// Nil where a comment or a quote is left open.
    static func words(of value: [UInt8]) -> [HeaderWord]? {
        var words: [HeaderWord] = []
        var text: [UInt8] = []
        var hasText = false
        func end() {
            if hasText { words.append(.text(String(decoding: text, as: UTF8.self))) }
            text = []
            hasText = false
        }
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            index += 1
            switch byte {
            case UInt8(ascii: "("):
                end()
                guard let after = skipComment(value, index) else { return nil }
                index = after
            case UInt8(ascii: "\""):
                guard let quoted = quoted(value, &index) else { return nil }
                text += quoted
                hasText = true
            case 9, 10, 13, 32: end()
            case UInt8(ascii: "="):
                end()
                words.append(.equals)
            case UInt8(ascii: ";"):
                end()
                words.append(.semicolon)
            default:
                text.append(byte)
                hasText = true
            }
        }
        end()
        return words
    }

    /// Where the text goes on behind a comment, which may hold others.
    private static func skipComment(_ value: [UInt8], _ start: Int) -> Int? {
        var depth = 1
        var index = start
        while index < value.endIndex {
            switch value[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            index += 1
            if depth == 0 { return index }
        }
        return nil
    }

    /// What stands inside a quote that begins at `index`.
    private static func quoted(_ value: [UInt8], _ index: inout Int) -> [UInt8]? {
        var text: [UInt8] = []
        while index < value.endIndex {
            let byte = value[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"):
                guard index < value.endIndex else { return nil }
                text.append(value[index])
                index += 1
            default: text.append(byte)
            }
        }
        return nil
    }
}
