import CGMime

/// Bytes to Unicode, as the sender meant them rather than as the label says (after the WHATWG Encoding standard).
enum Charset {
    /// Never fails: what cannot be read becomes U+FFFD.
    static func decode(_ bytes: [UInt8], declared: String?) -> String {
        let text = marked(bytes, declared: declared)
        // A byte-order mark has done its work.
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func marked(_ bytes: [UInt8], declared: String?) -> String {
        let label = declared.map(normalized)
        if label?.hasPrefix("hz") == true, let decoded = HZText.decode(bytes) { return decoded }
        if bytes.allSatisfy({ $0 < 0x80 }), !isStateful(label), !isWide(label) {
            return CharsetGuess.isISO2022JP(bytes)
                ? convert(bytes, from: "ISO-2022-JP")?.text ?? ascii(bytes) : ascii(bytes)
        }
        if isWide(label), let converted = convert(bytes, from: label ?? "") { return converted.text }
        // UTF-8 never validates by chance; a label of another charset on it is a well-known lie.
        if let text = String(validating: bytes, as: UTF8.self), !isStateful(label) { return text }
        guard let label, !saysNothing(label), let converted = converted(bytes, label: label) else {
            // A mail that was cut, or in which one byte is broken, is UTF-8 all the same.
            return UTF8Shape(bytes).isLikely ? String(decoding: bytes, as: UTF8.self) : guessed(bytes)
        }
        if converted.invalid * 20 > bytes.count { return guessed(bytes) }
        // Programs without a thought for charsets label everything as Western.
        if superset(of: label) == western, CharsetGuess.isSurelyNonLatin(bytes) { return guessed(bytes) }
        return converted.text
    }

    /// The larger charset that a label stands for in real mail; nil when the label is as good as any.
    static func superset(of label: String) -> String? {
        supersets[normalized(label)]
    }

    private static let supersets: [String: String] = [
        "gb2312": "GB18030", "gbk": "GB18030", "gb_2312-80": "GB18030", "x-gbk": "GB18030", "cp936": "GB18030",
        "euc-cn": "GB18030", "big5": "BIG5-HKSCS", "x-x-big5": "BIG5-HKSCS",
        "ks_c_5601-1987": "CP949", "ks_c_5601-1989": "CP949", "ksc5601": "CP949", "euc-kr": "CP949",
        "shift_jis": "CP932", "shift-jis": "CP932", "sjis": "CP932", "x-sjis": "CP932", "ms_kanji": "CP932",
        "iso-2022-jp": "ISO-2022-JP-3", "iso-8859-1": "WINDOWS-1252", "latin1": "WINDOWS-1252",
        "iso8859-1": "WINDOWS-1252", "cp1252": "WINDOWS-1252", "us-ascii": "WINDOWS-1252",
        "ansi_x3.4-1968": "WINDOWS-1252", "x-ansi": "WINDOWS-1252", "iso-8859-9": "WINDOWS-1254",
        "iso-8859-8-i": "WINDOWS-1255", "tis-620": "CP874", "iso-8859-11": "CP874", "windows-874": "CP874",
        "x-mac-cyrillic": "MAC-CYRILLIC", "x-mac-roman": "MACINTOSH", "macintosh": "MACINTOSH",
        "unicode-1-1-utf-7": "UTF-7", "utf8": "UTF-8", "x-windows-1251": "WINDOWS-1251", "win-1251": "WINDOWS-1251",
        "koi8r": "KOI8-R", "koi8": "KOI8-R",
    ]

    private static func saysNothing(_ label: String) -> Bool {
        ["utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "8bit"].contains(label)
    }

    /// By the label's superset, by the label, or by the label as it should have been spelled.
    private static func converted(_ bytes: [UInt8], label: String) -> (text: String, invalid: Int)? {
        convert(bytes, from: superset(of: label) ?? label) ?? convert(bytes, from: label.replacing("_", with: "-"))
            ?? convert(bytes, from: label.replacing("-", with: ""))
    }

    /// Converts by iconv; nil for a charset that the system does not know.
    static func convert(_ bytes: [UInt8], from charset: String) -> (text: String, invalid: Int)? {
        var length = 0
        var invalid = 0
        guard let result = firstline_charset_to_utf8(charset, bytes, bytes.count, &length, &invalid) else { return nil }
        defer { free(result) }
        let text = result.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
        return (text, invalid)
    }

    private static func guessed(_ bytes: [UInt8]) -> String {
        let charset = CharsetGuess.charset(of: bytes)
        // A list's footer, or a quote, may be in another charset than the rest: what is UTF-8 is hardly anything else.
        if charset == western, UTF8Shape(bytes).characters > 0 { return mixed(bytes) }
        return convert(bytes, from: charset)?.text ?? String(decoding: bytes, as: UTF8.self)
    }

    private static let western = "WINDOWS-1252"

    /// UTF-8 where it is UTF-8, Western elsewhere.
    private static func mixed(_ bytes: [UInt8]) -> String {
        var text = ""
        for run in UTF8Shape.runs(of: bytes) {
            if run.isWhole {
                text += String(decoding: bytes[run.range], as: UTF8.self)
            } else {
                let strays = Array(bytes[run.range])
                text += convert(strays, from: western)?.text ?? String(decoding: strays, as: UTF8.self)
            }
        }
        return text
    }

    private static func ascii(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func normalized(_ label: String) -> String {
        label.lowercased().filter { !" \"'\t".contains($0) }
    }

    private static func isStateful(_ label: String?) -> Bool {
        guard let label else { return false }
        return label.hasPrefix("iso-2022") || label.hasSuffix("utf-7") || label.hasPrefix("hz")
    }

    private static func isWide(_ label: String?) -> Bool {
        guard let label else { return false }
        return label.hasPrefix("utf-16") || label.hasPrefix("utf-32") || label.hasPrefix("ucs-")
    }
}
