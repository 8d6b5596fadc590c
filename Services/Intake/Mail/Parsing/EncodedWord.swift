import CGMime

/// One encoded word (RFC 2047, section 2): `=?charset?encoding?data?=`.
struct EncodedWord {
    var charset: ArraySlice<UInt8>
    var isBase64: Bool
    var data: ArraySlice<UInt8>

    /// Joins neighbours of one charset in Base64 into one word. GMime reads such neighbours as one run of Base64 and stops at the padding of
    /// the first; and some senders cut a character in two between them, so they cannot be read one by one either.
    static func joiningNeighbours(in text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var open: Run?
        var position = 0
        var gapStart = 0
        while position < bytes.count {
            guard let (found, end) = read(bytes, at: position) else {
                position += 1
                continue
            }
            let gap = bytes[gapStart..<position]
            let word = found.readable
            let isNeighbour = gap.allSatisfy { $0 == 32 || $0 == 9 }
            if !isNeighbour || open?.takes(word) != true {
                if let before = open { result += before.bytes }
                result += gap
                open = Run(word)
            }
            position = end
            gapStart = end
        }
        if let before = open { result += before.bytes }
        return String(decoding: result + bytes[gapStart...], as: UTF8.self)
    }

    /// A word that GMime reads whole: with its padding, and without characters that mean something else between addresses.
    private var readable: EncodedWord {
        if isBase64, data.count % 4 == 0 { return self }
        if !isBase64, !data.contains(where: { ":;,<>@()\"".utf8.contains($0) }) { return self }
        var word = self
        word.isBase64 = true
        word.data = Self.encoded(isBase64 ? Self.decoded(data) : Self.unquoted(data))[...]
        return word
    }

    private static func unquoted(_ data: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = data
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                result.append(code)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "_") ? 32 : byte)
            }
        }
        return result
    }

    private var bytes: [UInt8] {
        Array("=?".utf8) + charset + (isBase64 ? "?b?" : "?q?").utf8 + data + "?=".utf8
    }

    /// Neighbours that become one word. Each is decoded once, and the whole is encoded once, so that the work is linear however many they are.
    private struct Run {
        private let first: EncodedWord
        /// What all of them say; nil while there is one.
        private var content: [UInt8]?

        init(_ word: EncodedWord) {
            first = word
        }

        /// Whether the next word became part of it.
        mutating func takes(_ next: EncodedWord) -> Bool {
            guard first.isBase64, next.isBase64, first.charset.count == next.charset.count,
                zip(first.charset, next.charset).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
            else { return false }
            if content == nil { content = EncodedWord.decoded(first.data) }
            content?.append(contentsOf: EncodedWord.decoded(next.data))
            return true
        }

        var bytes: [UInt8] {
            guard let content else { return first.bytes }
            var word = first
            word.data = EncodedWord.encoded(content)[...]
            return word.bytes
        }
    }

    /// The word that begins at `start`, and where it ends.
    private static func read(_ bytes: [UInt8], at start: Int) -> (EncodedWord, end: Int)? {
        let question = UInt8(ascii: "?")
        guard start + 1 < bytes.count, bytes[start] == UInt8(ascii: "="), bytes[start + 1] == question else {
            return nil
        }
        func part(from index: Int) -> ArraySlice<UInt8>? {
            var end = index
            while end < bytes.count, bytes[end] != question {
                if bytes[end] <= 32 { return nil }
                end += 1
            }
            return end < bytes.count ? bytes[index..<end] : nil
        }
        guard let charset = part(from: start + 2), !charset.isEmpty,
            let encoding = part(from: charset.endIndex + 1), encoding.count == 1,
            let data = part(from: encoding.endIndex + 1), data.endIndex + 1 < bytes.count,
            bytes[data.endIndex + 1] == UInt8(ascii: "=")
        else { return nil }
        switch encoding[encoding.startIndex] | 0x20 {
        case UInt8(ascii: "b"): return (EncodedWord(charset: charset, isBase64: true, data: data), data.endIndex + 2)
        case UInt8(ascii: "q"): return (EncodedWord(charset: charset, isBase64: false, data: data), data.endIndex + 2)
        default: return nil
        }
    }

    private static func decoded(_ data: ArraySlice<UInt8>) -> [UInt8] {
        var length: gsize = 0
        let padding = String(repeating: "=", count: (4 - data.count % 4) % 4)
        guard let bytes = g_base64_decode(String(decoding: data, as: UTF8.self) + padding, &length) else { return [] }
        defer { g_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }

    private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        guard let text = g_base64_encode(bytes, gsize(bytes.count)) else { return [] }
        defer { g_free(text) }
        return Array(String(cString: text).utf8)
    }
}
