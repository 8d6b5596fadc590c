/// Words with their places, as the text of PostgreSQL's `tsvector`.
struct SearchVector {
    /// Places that one word may have, and the last place there is.
    private static let wordPlaces = 255
    private static let lastPlace = 16_383
    /// Between two texts, so that no phrase spans them.
    private static let gap = 8

    private var places: [Substring: [String]] = [:]
    private var order: [Substring] = []
    private var place = 0

    /// Adds words that stand one behind the other, with single spaces between them.
    mutating func add(_ words: String, weight: String) {
        for word in words.split(separator: " ") {
            place = min(place + 1, Self.lastPlace)
            if places[word] == nil { order.append(word) }
            if places[word, default: []].count < Self.wordPlaces {
                places[word, default: []].append("\(place)\(weight)")
            }
        }
        place += Self.gap
    }

    var text: String {
        order.map { "'\($0)':" + places[$0, default: []].joined(separator: ",") }.joined(separator: " ")
    }
}
