/// A point in time: milliseconds since the Unix epoch, UTC, without leap seconds; written as RFC 3339.
public struct Instant: Sendable, Hashable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Parses an RFC 3339 `date-time` with any offset. A fraction finer than milliseconds is cut; a leap second (`:60`) counts as the
    /// second after it, as POSIX does.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        guard bytes.count >= 20, bytes.count <= 40, let date = CivilDate(String(text.prefix(10))),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let hour = Digits.number(bytes[11..<13]),
            let minute = Digits.number(bytes[14..<16]), let second = Digits.number(bytes[17..<19]),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        bytes = bytes[19...]
        var fraction: Int64 = 0
        if bytes.first == UInt8(ascii: ".") {
            let digits = bytes.dropFirst().prefix(while: Digits.isDigit)
            guard !digits.isEmpty else { return nil }
            let three = Array(digits.prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - digits.count))
            fraction = Digits.number(three)!
            bytes = bytes.dropFirst(1 + digits.count)
        }
        guard let offsetMinutes = Instant.offsetMinutes(bytes) else { return nil }
        let seconds = (Int64(date.daysSinceEpoch) * 24 + hour) * 3_600 + (minute - offsetMinutes) * 60 + second
        milliseconds = seconds * 1_000 + fraction
    }

    /// `Z`, or `+hh:mm` or `-hh:mm`, in minutes east of UTC.
    private static func offsetMinutes(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(bytes)
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = Digits.number(bytes[1..<3]),
            let minutes = Digits.number(bytes[4..<6]), hours < 24, minutes < 60
        else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }
}

extension Instant: Comparable {
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339, UTC, with milliseconds: `2026-03-01T09:30:00.000Z`. For years 0 to 9999.
    public var description: String {
        let dayMilliseconds: Int64 = 86_400_000
        var days = milliseconds / dayMilliseconds
        var rest = milliseconds % dayMilliseconds
        if rest < 0 {
            days -= 1
            rest += dayMilliseconds
        }
        let seconds = Int(rest / 1_000)
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Digits.padded($0, to: 2) }
        let date = CivilDate(daysSinceEpoch: Int(days))
        return "\(date)T\(time.joined(separator: ":")).\(Digits.padded(Int(rest % 1_000), to: 3))Z"
    }
}
