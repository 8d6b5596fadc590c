/// Words with their places, as the text of PostgreSQL's `tsvector`. A word stands there as often as it comes: the server puts its places
/// together, and keeps the first 255.
struct SearchVector {
    /// The last place there is.
    private static let lastPlace = 16_383
    /// Between two texts, so that no phrase spans them.
    private static let gap = 8
    /// What a word takes beside its letters.
    private static let entryBytes = 10

    private var bytes: [UInt8] = []
    private var place = 0

    /// Adds words that stand one behind the other, with single spaces between them.
    mutating func add(_ words: String, weight: Unicode.Scalar) {
        let words = words.utf8.split(separator: UInt8(ascii: " "))
        bytes.reserveCapacity(words.reduce(bytes.count) { $0 + $1.count + Self.entryBytes })
        for word in words {
            place = min(place + 1, Self.lastPlace)
            bytes.append(UInt8(ascii: "'"))
            bytes.append(contentsOf: word)
            bytes.append(UInt8(ascii: "'"))
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: String(place).utf8)
            bytes.append(UInt8(ascii: weight))
            bytes.append(UInt8(ascii: " "))
        }
        place += Self.gap
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
