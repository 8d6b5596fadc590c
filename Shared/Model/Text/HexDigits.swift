/// Hexadecimal digits in lower case, 16 to a number.
enum HexDigits {
    /// Writes the digits of a number, the highest first, from `start` on. There must be room for 16.
    static func write(_ number: UInt64, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 0xf
            text[start + place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }

    static func text(of numbers: UInt64...) -> String {
        String(unsafeUninitializedCapacity: 16 * numbers.count) { text in
            for (index, number) in numbers.enumerated() { write(number, to: text, at: 16 * index) }
            return 16 * numbers.count
        }
    }

    /// Whether the text is so many digits.
    static func spell(_ text: some StringProtocol, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// The number that the next `count` bytes spell, at most 16; nil when one of them is no digit.
    static func number(of count: Int, from bytes: inout some IteratorProtocol<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for _ in 0..<count {
            guard let byte = bytes.next() else { return nil }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}
