/// HZ (RFC 1843), GB 2312 in seven bits, which the system's iconv does not know.
enum HZText {
    /// Nil when nothing in it is HZ.
    static func decode(_ bytes: [UInt8]) -> String? {
        let tilde = UInt8(ascii: "~")
        var result: [UInt8] = []
        var isChinese = false
        var hasSeenChinese = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == tilde, next == UInt8(ascii: "{") || next == UInt8(ascii: "}") {
                isChinese = next == UInt8(ascii: "{")
                hasSeenChinese = hasSeenChinese || isChinese
                index += 2
            } else if byte == tilde, !isChinese, next == tilde || next == 10 {
                if next == tilde { result.append(tilde) }
                index += 2
            } else if isChinese, byte > 32, next > 32 {
                result += [byte | 0x80, next | 0x80]
                index += 2
            } else {
                // The end of a line ends the Chinese too.
                if byte == 10 { isChinese = false }
                result.append(byte)
                index += 1
            }
        }
        return hasSeenChinese ? Charset.convert(result, from: "GB18030")?.text : nil
    }
}
