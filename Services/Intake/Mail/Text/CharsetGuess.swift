/// Which charset 8-bit text without a true label is in, from how its bytes lie.
enum CharsetGuess {
    /// The most bytes that are looked at.
    private static let maxSampleBytes = 8 * 1024

    /// An iconv name. `bytes` are not valid UTF-8.
    static func charset(of bytes: [UInt8]) -> String {
        let sample = bytes.prefix(maxSampleBytes)
        var count = [Int](repeating: 0, count: 256)
        for byte in sample { count[Int(byte)] += 1 }
        if let charset = doubleByte(sample) { return charset }
        return isNonLatin(sample, count) ? nonLatin(count) : latin(count)
    }

    /// Words of Cyrillic or Greek letters, and enough of them to be sure, whatever a label says.
    static func isSurelyNonLatin(_ bytes: [UInt8]) -> Bool {
        let sample = bytes.prefix(maxSampleBytes)
        var count = [Int](repeating: 0, count: 256)
        for byte in sample { count[Int(byte)] += 1 }
        return count[0xC0...].reduce(0, +) >= 12 && isNonLatin(sample, count, share: 5)
    }

    /// In Cyrillic and Greek, words consist of letters beyond ASCII; in Western and Central European these stand alone or in pairs.
    private static func isNonLatin(_ sample: ArraySlice<UInt8>, _ count: [Int], share: Int = 2) -> Bool {
        let high = count[0x80...].reduce(0, +)
        var inWords = 0, length = 0
        for byte in sample + [0] {
            if byte >= 0x80 {
                length += 1
            } else {
                if length >= 3 { inWords += length }
                length = 0
            }
        }
        return inWords * share > high * (share - 1) && count[0xC0...0xFF].reduce(0, +) * 3 > high * 2
    }

    static func isISO2022JP(_ bytes: [UInt8]) -> Bool {
        guard var position = bytes.firstIndex(of: 0x1B) else { return false }
        position += 1
        return position + 1 < bytes.count && bytes[position] == UInt8(ascii: "$")
            && (bytes[position + 1] == UInt8(ascii: "B") || bytes[position + 1] == UInt8(ascii: "@"))
    }

    private static func nonLatin(_ count: [Int]) -> String {
        let upperHalf = count[0xE0...0xFF].reduce(0, +)
        let lowerHalf = count[0xC0...0xDF].reduce(0, +)
        // Alpha and the accented vowels of Greek against the commonest Cyrillic letters.
        let greek = count[0xE1] + count[0xDC...0xDF].reduce(0, +) + count[0xFC...0xFE].reduce(0, +)
        let cyrillic = count[0xE0] + count[0xE8] + count[0xEE]
        if upperHalf > lowerHalf, greek > cyrillic { return "WINDOWS-1253" }
        // KOI8-R has the small letters where Windows-1251 has the capitals.
        return lowerHalf > upperHalf ? "KOI8-R" : "WINDOWS-1251"
    }

    private static func latin(_ count: [Int]) -> String {
        let windows = count[0x9C] + count[0x9F] + count[0xB9] + count[0xB3] + count[0xBF] + count[0xEA]
        let iso = count[0xB1] + count[0xB6] + count[0xBC] + count[0xB3] + count[0xBF] + count[0xEA]
        let western = [0xE0, 0xE8, 0xE9, 0xE4, 0xF6, 0xFC, 0xDF, 0xF1, 0xE7].reduce(0) { $0 + count[$1] }
        if max(windows, iso) > western, count[0xB3] + count[0xBF] > 0 {
            return windows >= iso ? "WINDOWS-1250" : "ISO-8859-2"
        }
        return "WINDOWS-1252"
    }

    /// Chinese, Japanese and Korean: bytes beyond ASCII come in pairs, and the lead bytes say which.
    private static func doubleByte(_ sample: ArraySlice<UInt8>) -> String? {
        var pairs = 0, broken = 0, hanzi = 0, hangul = 0, kana = 0, shiftJISKana = 0, lowTrail = 0, big5 = 0, narrow = 0
        var index = sample.startIndex
        while index + 1 < sample.endIndex {
            let lead = sample[index]
            let trail = sample[index + 1]
            guard lead >= 0x80 else {
                index += 1
                continue
            }
            pairs += 1
            if trail < 0x40 || trail == 0x7F {
                broken += 1
                index += 1
                continue
            }
            if trail < 0x80 { lowTrail += 1 }
            if (lead == 0x82 && (0x9F...0xF1).contains(trail)) || (lead == 0x83 && (0x40...0x96).contains(trail)) {
                shiftJISKana += 1
            }
            if lead == 0xA4 || lead == 0xA5 { kana += 1 }
            if (0xB0...0xC8).contains(lead) { hangul += 1 }
            // The leads of the common characters; the rare ones lie where Windows-1251 has its small letters.
            if (0xB0...0xD7).contains(lead) { hanzi += 1 }
            if (0xC0...0xDF).contains(trail) { narrow += 1 }
            if (0xA1...0xC6).contains(lead), trail < 0x7F || trail >= 0xA1 { big5 += 1 }
            index += 2
        }
        guard pairs >= 2, broken * 20 <= pairs else { return nil }
        if shiftJISKana * 4 > pairs { return "CP932" }
        // Chinese by its commonest characters; half of the trail bytes are ASCII, which no other set here does.
        if pairs >= 4, lowTrail * 5 > pairs, big5 * 10 > pairs * 8 { return "BIG5-HKSCS" }
        guard isPaired(sample), !isInsideWords(sample) else { return nil }
        if kana * 3 > pairs { return "EUC-JP" }
        // Trail bytes spread over the whole range; KOI8-R has its small letters in one third of it.
        guard hanzi * 5 > pairs * 4, pairs < 3 || narrow * 10 < pairs * 9 else { return nil }
        return hangul == hanzi && spaced(sample) ? "CP949" : "GB18030"
    }

    /// Bytes beyond ASCII stand within words of ASCII letters, as accented letters do.
    private static func isInsideWords(_ sample: ArraySlice<UInt8>) -> Bool {
        var runs = 0, inside = 0
        for index in sample.indices.dropFirst() where sample[index] >= 0x80 && sample[index - 1] < 0x80 {
            runs += 1
            if (97...122).contains(sample[index - 1] | 0x20) { inside += 1 }
        }
        return inside * 2 > runs
    }

    /// Runs of bytes beyond ASCII are of even length.
    private static func isPaired(_ sample: ArraySlice<UInt8>) -> Bool {
        var odd = 0, runs = 0, length = 0
        for byte in sample + [0] {
            if byte >= 0x80 {
                length += 1
            } else if length > 0 {
                runs += 1
                odd += length % 2
                length = 0
            }
        }
        return odd * 10 <= runs
    }

    /// Korean puts blanks between words, Chinese does not.
    private static func spaced(_ sample: ArraySlice<UInt8>) -> Bool {
        let blanks = sample.count { $0 == 32 }
        return blanks * 16 > sample.count
    }
}
