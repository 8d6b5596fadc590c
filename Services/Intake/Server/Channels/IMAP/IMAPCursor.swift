/// Walks through one answer, value by value.
struct IMAPCursor {
    /// One value of a list.
    enum Value {
        case null
        /// An atom, a string or a literal.
        case bytes([UInt8])
        case list

        var bytes: [UInt8]? {
            guard case .bytes(let bytes) = self else { return nil }
            return bytes
        }

        var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    }

    private let pieces: [IMAPPiece]
    private var piece = 0
    private var offset = 0

    /// - Parameter skippingWords: how many words of the first piece were read already.
    init(_ pieces: [IMAPPiece], skippingWords: Int) {
        self.pieces = pieces
        for _ in 0..<skippingWords { _ = item() }
    }

    /// Whether the next byte is this one, which is then passed.
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpaces()
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    /// A name: up to a space or a bracket, `[…]` inside included.
    mutating func item() -> [UInt8]? {
        skipSpaces()
        var name: [UInt8] = []
        var isBracketed = false
        while let byte = peek() {
            if byte == UInt8(ascii: "[") { isBracketed = true }
            if !isBracketed, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") {
                break
            }
            if byte == UInt8(ascii: "]") { isBracketed = false }
            name.append(byte)
            offset += 1
        }
        return name.isEmpty ? nil : name
    }

    mutating func value(depth: Int) throws(IMAPFault) -> Value {
        skipSpaces()
        if piece < pieces.count, case .text(let text) = pieces[piece], offset == text.count, piece + 1 < pieces.count,
            case .literal(let bytes) = pieces[piece + 1]
        {
            piece += 2
            offset = 0
            return .bytes(bytes)
        }
        switch peek() {
        case UInt8(ascii: "\"")?: return .bytes(try quoted())
        case UInt8(ascii: "(")?:
            guard depth < IMAPLimits.depth else { throw IMAPGrammar.malformed }
            offset += 1
            while !take(UInt8(ascii: ")")) { _ = try value(depth: depth + 1) }
            return .list
        default:
            guard let atom = item() else { throw IMAPGrammar.malformed }
            return atom.count == 3 && String(decoding: atom, as: UTF8.self).uppercased() == "NIL" ? .null : .bytes(atom)
        }
    }

    private mutating func quoted() throws(IMAPFault) -> [UInt8] {
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            offset += 1
            if byte == UInt8(ascii: "\"") { return bytes }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = peek() else { break }
            bytes.append(escaped)
            offset += 1
        }
        throw IMAPGrammar.malformed
    }

    private func peek() -> UInt8? {
        guard piece < pieces.count, case .text(let text) = pieces[piece], offset < text.count else { return nil }
        return text[offset]
    }

    private mutating func skipSpaces() {
        while peek() == UInt8(ascii: " ") { offset += 1 }
    }
}
