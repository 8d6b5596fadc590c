/// Decimal digits of ASCII, strictly: no sign, no spaces, no other scripts.
enum Digits {
    /// The number that the bytes spell; nil when one is no digit, there are none, or there are more than 15.
    static func number(_ bytes: some Collection<UInt8>) -> Int64? {
        guard (1...15).contains(bytes.count) else { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// `number`, which must not be negative, with zeroes in front up to `width`.
    static func padded(_ number: Int, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
