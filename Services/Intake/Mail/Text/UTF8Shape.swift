/// How far bytes that are not valid UTF-8 are from it.
struct UTF8Shape {
    /// Whole characters beyond ASCII.
    private(set) var characters = 0
    /// Bytes that belong to none.
    private(set) var strays = 0

    init(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length =
                switch byte {
                case 0..<0x80: 1
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 0
                }
            let end = index + length
            if length > 0, end <= bytes.count, bytes[(index + 1)..<end].allSatisfy({ $0 & 0xC0 == 0x80 }) {
                if length > 1 { characters += 1 }
                index = end
            } else {
                strays += 1
                index += 1
            }
        }
    }

    /// Characters of another charset form those of UTF-8 by chance, but not nine times in ten.
    var isLikely: Bool { characters > 0 && strays <= max(3, characters / 10) && strays <= characters }
}
