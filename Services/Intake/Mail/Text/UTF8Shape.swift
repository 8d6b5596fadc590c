/// How far bytes that are not valid UTF-8 are from it.
struct UTF8Shape {
    /// A stretch of bytes that are UTF-8, or of bytes that belong to no character of it.
    struct Run {
        let isWhole: Bool
        var range: Range<Int>
    }

    /// Whole characters beyond ASCII.
    private(set) var characters = 0
    /// Bytes that belong to none.
    private(set) var strays = 0

    init(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            let length = Self.characterLength(in: bytes, at: index)
            if length > 1 { characters += 1 }
            if length == 0 { strays += 1 }
            index += max(1, length)
        }
    }

    /// Characters of another charset form those of UTF-8 by chance, but not nine times in ten.
    var isLikely: Bool { characters > 0 && strays <= max(3, characters / 10) && strays <= characters }

    /// The stretches of both kinds, in order.
    static func runs(of bytes: [UInt8]) -> [Run] {
        var runs: [Run] = []
        var index = 0
        while index < bytes.count {
            let length = characterLength(in: bytes, at: index)
            let end = index + max(1, length)
            if let last = runs.last, last.isWhole == (length > 0) {
                runs[runs.count - 1].range = last.range.lowerBound..<end
            } else {
                runs.append(Run(isWhole: length > 0, range: index..<end))
            }
            index = end
        }
        return runs
    }

    /// The bytes of the character that begins at `index`; 0 where none does.
    private static func characterLength(in bytes: [UInt8], at index: Int) -> Int {
        let length =
            switch bytes[index] {
            case 0..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        let end = index + length
        guard length > 0, end <= bytes.count, bytes[(index + 1)..<end].allSatisfy({ $0 & 0xC0 == 0x80 }) else {
            return 0
        }
        return length
    }
}
