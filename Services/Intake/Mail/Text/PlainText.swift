/// Text made clean for people and for the wire.
enum PlainText {
    /// One line: controls and direction overrides gone, blanks collapsed and trimmed.
    static func line(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var blank = false
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar.value == 0x7F || scalar == " " {
                blank = true
            } else if !isForbidden(scalar) {
                if blank, !scalars.isEmpty { scalars.append(" ") }
                blank = false
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// A body: line ends become LF, controls go, at most `limit` bytes are kept.
    static func body(_ text: String, limit: Int = MailLimits.maxTextBytes) -> String {
        var text = text
        var bytes = text.withUTF8 { body($0, limit: limit) }
        while let last = bytes.last, bytes.count >= limit, last & 0xC0 == 0x80 { bytes.removeLast() }
        if bytes.count >= limit - 4, let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return trimmed(String(decoding: bytes, as: UTF8.self))
    }

    private static func body(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: min(text.count, limit)) { bytes, count in
            var previous: UInt8 = 0
            for byte in text where count < limit {
                if byte == 13 || (byte == 10 && previous != 13) {
                    bytes[count] = 10
                    count += 1
                } else if byte == 9 || (byte >= 32 && byte != 127) {
                    bytes[count] = byte
                    count += 1
                }
                previous = byte
            }
        }
    }

    /// At most so many characters, and no more than four bytes for each: a letter under a thousand accents is one character too.
    static func shortened(_ text: some StringProtocol, characters: Int) -> String {
        let end = text.utf8.index(text.startIndex, offsetBy: 4 * characters, limitedBy: text.endIndex) ?? text.endIndex
        return String(text[..<end].prefix(characters))
    }

    /// Without blank lines at both ends and blanks at the end of the last line.
    static func trimmed(_ text: String) -> String {
        let utf8 = text.utf8
        var start = utf8.startIndex
        var lineStart = start
        while start < utf8.endIndex, isBlank(utf8[start]) {
            if utf8[start] == 10 { lineStart = utf8.index(after: start) }
            start = utf8.index(after: start)
        }
        guard start < utf8.endIndex else { return "" }
        var end = utf8.endIndex
        while end > start, isBlank(utf8[utf8.index(before: end)]) { end = utf8.index(before: end) }
        return String(text[lineStart..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }

    /// C1 controls, byte-order marks, and characters that turn the direction of what follows.
    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x80...0x9F, 0xFEFF, 0x202A...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB, 0x2028, 0x2029: true
        default: false
        }
    }
}
