extension Texts {
    /// How far an instant is from now, in the greatest whole unit: "in 2 h", "5 min ago".
    func relative(_ milliseconds: Int64, now: Int64) -> String {
        let minutes = Int(abs(milliseconds - now) / 60_000)
        let length =
            switch minutes {
            case ..<60: "\(minutes) \(self[.unitMinutes])"
            case ..<1_440: "\(minutes / 60) \(self[.unitHours])"
            default: "\(minutes / 1_440) \(self[.unitDays])"
            }
        let pattern = self[milliseconds > now ? .timeIn : .timeAgo]
        guard let place = pattern.range(of: "{0}") else { return length }
        return pattern[..<place.lowerBound] + length + pattern[place.upperBound...]
    }

    /// An instant in UTC, to the minute.
    func absolute(_ instant: String) -> String {
        instant.prefix(16).map { $0 == "T" ? " " : String($0) }.joined() + " UTC"
    }
}

extension String {
    /// Where another text stands in this one for the first time.
    fileprivate func range(of other: String) -> Range<String.Index>? { ranges(of: other).first }
}
