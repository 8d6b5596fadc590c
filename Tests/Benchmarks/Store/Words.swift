/// Words that a number decides, the lower ones more often, as in a language. `Peers/sqlite/words.h` makes the same ones, so that both sides of
/// the comparison store and index the same texts.
struct Words {
    private var state: UInt64

    /// - Parameter index: which ticket.
    init(_ index: Int64) {
        state = (UInt64(index) + 1) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// `count` words apart by spaces.
    mutating func text(_ count: Int) -> String {
        var letters: [UInt8] = []
        letters.reserveCapacity(count * 7)
        for place in 0..<count {
            if place > 0 { letters.append(UInt8(ascii: " ")) }
            let random = next()
            var word = min(Int(random >> 20 & 0x3FFF), Int(random >> 40 & 0x3FFF))
            repeat {
                letters.append(Self.consonants[word & 15])
                letters.append(Self.vowels[word >> 4 & 3])
                word >>= 6
            } while word > 0
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// 32 hexadecimal digits.
    mutating func token() -> String {
        String(decoding: (0..<2).flatMap { _ in hexadecimal(next()) }, as: UTF8.self)
    }

    private func hexadecimal(_ number: UInt64) -> [UInt8] {
        (0..<16).map { Self.digits[Int(number >> (60 - 4 * UInt64($0)) & 15)] }
    }

    private static let consonants = Array("bcdfghjklmnprstv".utf8)
    private static let vowels = Array("aeio".utf8)
    private static let digits = Array("0123456789abcdef".utf8)
}
