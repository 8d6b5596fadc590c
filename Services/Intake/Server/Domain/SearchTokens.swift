/// Words of a text, folded. Ideographs stand alone, so that a run of them is found by any part of it.
struct SearchTokens: Sequence, IteratorProtocol {
    /// A longer word is cut: nobody searches for its end.
    static let longestToken = 40

    /// The text, in UTF-8. Most texts are ASCII for the most part, whose bytes need no look into Unicode's tables.
    let bytes: [UInt8]
    private var place = 0

    init(_ text: some StringProtocol) {
        // At once: a part of a text is otherwise copied byte by byte.
        bytes = text.utf8.withContiguousStorageIfAvailable { Array($0) } ?? Array(text.utf8)
    }

    mutating func next() -> String? {
        var token: [UInt8] = []
        return next(&token) ? String(decoding: token, as: UTF8.self) : nil
    }

    /// Puts the next word into `token`, in UTF-8; false when there is none.
    mutating func next(_ token: inout [UInt8]) -> Bool {
        while skipToWord() {
            token.removeAll(keepingCapacity: true)
            readWord(&token)
            if !token.isEmpty { return true }
        }
        return false
    }

    private mutating func skipToWord() -> Bool {
        while place < bytes.count {
            if bytes[place] < 0x80 {
                if Self.isWordByte(bytes[place]) { return true }
                place += 1
            } else {
                let (scalar, next) = scalar(at: place)
                if Self.isWordScalar(scalar) { return true }
                place = next
            }
        }
        return false
    }

    /// `place` is at a word's first scalar.
    private mutating func readWord(_ token: inout [UInt8]) {
        var count = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte < 0x80 {
                guard Self.isWordByte(byte) else { return }
                if count < Self.longestToken { token.append(TextFolding.folded(byte)) }
                place += 1
            } else {
                let (scalar, next) = scalar(at: place)
                guard Self.isWordScalar(scalar) else { return }
                if scalar.properties.isIdeographic {
                    // It ends the word before it, or is one.
                    guard count == 0 else { return }
                    token.append(contentsOf: bytes[place..<next])
                    place = next
                    return
                }
                if count < Self.longestToken { TextFolding.fold(scalar) { token.append(contentsOf: UTF8.encode($0)!) } }
                place = next
            }
            count += 1
        }
    }

    private func scalar(at place: Int) -> (Unicode.Scalar, next: Int) {
        UTF8Bytes.scalar(in: bytes, at: place)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark
    }
}
