import Foundation

/// What a time zone's clocks show: the offset from UTC at every instant.
///
/// The rules are those of Foundation's time zone database.
struct TimeZoneOffsets: Sendable {
    /// A stretch of time in which the offset stays the same.
    struct Stretch: Sendable, Hashable {
        /// In UTC milliseconds; `until` does not belong to it.
        var fromMilliseconds: Int64
        var untilMilliseconds: Int64
        /// Local time minus UTC.
        var offsetMilliseconds: Int64
    }

    private let zone: TimeZone

    /// Nil when `identifier` is no name of the IANA database, as "Europe/Berlin" or "UTC". Abbreviations ("PST") and bare offsets
    /// ("GMT+0530") name no zone.
    init?(identifier: String) {
        let isPlain = identifier == "UTC" || identifier == "GMT"
        guard isPlain || identifier.contains("/") || TimeZone.abbreviationDictionary[identifier] == nil,
            isPlain || !identifier.hasPrefix("GMT"), let zone = TimeZone(identifier: identifier)
        else { return nil }
        self.zone = zone
    }

    /// The stretches that make up [from, until), in order, without a gap.
    func stretches(from fromMilliseconds: Int64, until untilMilliseconds: Int64) -> [Stretch] {
        var stretches: [Stretch] = []
        var start = fromMilliseconds
        while start < untilMilliseconds {
            let date = Date(timeIntervalSince1970: Double(start) / 1_000)
            let offset = Int64(zone.secondsFromGMT(for: date)) * 1_000
            var end = untilMilliseconds
            if let transition = zone.nextDaylightSavingTimeTransition(after: date) {
                let at = Int64((transition.timeIntervalSince1970 * 1_000).rounded())
                end = min(untilMilliseconds, max(at, start + 1))
            }
            if let last = stretches.indices.last, stretches[last].offsetMilliseconds == offset {
                stretches[last].untilMilliseconds = end
            } else {
                stretches.append(
                    Stretch(fromMilliseconds: start, untilMilliseconds: end, offsetMilliseconds: offset))
            }
            start = end
        }
        return stretches
    }
}
