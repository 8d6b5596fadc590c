/// A local time of day as a calendar writes it: `09:30`; `24:00` ends a day.
enum TimeOfDay {
    /// Minutes from local midnight, 0 to 1440; nil when `text` is no such time.
    static func minutes(of text: String) -> Int32? {
        let digits = text.utf8.map { Int32($0) - 48 }
        guard digits.count == 5, text.utf8.dropFirst(2).first == UInt8(ascii: ":") else { return nil }
        let numbers = [digits[0], digits[1], digits[3], digits[4]]
        guard numbers.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
        return hour * 60 + minute
    }

    static func text(ofMinutes minutes: Int32) -> String {
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}
