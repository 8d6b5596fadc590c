/// A word of one to eight bytes in one number, which is compared at once: most words of a text are so short.
struct ShortWord: Equatable {
    static let longest = 8

    /// The bytes, the first one lowest; what is left is 0, which stands in no word.
    private let bits: UInt64

    /// Nil for an empty word and for a longer one.
    init?(_ bytes: some Collection<UInt8>) {
        guard (1...Self.longest).contains(bytes.count) else { return nil }
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            bits |= UInt64(byte) << shift
            shift += 8
        }
        self.bits = bits
    }

    /// Spreads over numbers below a power of two.
    func place(below count: Int) -> Int {
        Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 32) & (count - 1)
    }

    /// Puts the bytes behind those of `result`.
    func append(to result: inout [UInt8]) {
        var rest = bits
        while rest != 0 {
            result.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    static func == (one: ShortWord, other: ShortWord) -> Bool { one.bits == other.bits }
}
