/// A length of time as ISO 8601 writes it: weeks, days, hours, minutes and seconds, a day being 24 hours.
/// Years and months have no fixed length and are refused.
public struct ISO8601Duration: Sendable, Hashable {
    /// May be negative: overdue.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Parses `PT4H`, `P1DT2H30M`, `P2W`, `PT0.5S`, `-PT5M`. Only the last component may have a fraction. Nil when it is no such
    /// duration, or longer than `limitMilliseconds`.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        guard bytes.count <= 40 else { return nil }
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        guard bytes.popFirst() == UInt8(ascii: "P"), !bytes.isEmpty else { return nil }
        var units = ISO8601Duration.dateUnits
        var inTime = false
        var total: Int64 = 0
        var sawFraction = false
        while let first = bytes.first {
            if first == UInt8(ascii: "T") {
                guard !inTime, bytes.count > 1 else { return nil }
                bytes = bytes.dropFirst()
                units = ISO8601Duration.timeUnits
                inTime = true
                continue
            }
            guard !sawFraction, let part = ISO8601Duration.component(&bytes, sawFraction: &sawFraction),
                let index = units.firstIndex(where: { $0.letter == part.letter })
            else { return nil }
            let unit = units[index].milliseconds
            // Components stand in order, each once.
            units.removeFirst(index + 1)
            let whole = part.whole.multipliedReportingOverflow(by: unit)
            guard !whole.overflow, whole.partialValue <= ISO8601Duration.limitMilliseconds else { return nil }
            total += whole.partialValue + part.millionths * unit / 1_000_000
            guard total <= ISO8601Duration.limitMilliseconds else { return nil }
        }
        milliseconds = isNegative ? -total : total
    }

    /// The longest duration taken: 100 years of 365 days.
    public static let limitMilliseconds: Int64 = 100 * 365 * 86_400_000

    private struct Unit {
        var letter: UInt8
        var milliseconds: Int64
    }

    private static let dateUnits = [
        Unit(letter: UInt8(ascii: "W"), milliseconds: 7 * 86_400_000),
        Unit(letter: UInt8(ascii: "D"), milliseconds: 86_400_000),
    ]
    private static let timeUnits = [
        Unit(letter: UInt8(ascii: "H"), milliseconds: 3_600_000),
        Unit(letter: UInt8(ascii: "M"), milliseconds: 60_000),
        Unit(letter: UInt8(ascii: "S"), milliseconds: 1_000),
    ]

    /// Takes one number and its letter off `bytes`.
    private static func component(
        _ bytes: inout ArraySlice<UInt8>, sawFraction: inout Bool
    ) -> (whole: Int64, millionths: Int64, letter: UInt8)? {
        let digits = bytes.prefix(while: Digits.isDigit)
        guard let whole = Digits.number(digits) else { return nil }
        bytes = bytes.dropFirst(digits.count)
        var millionths: Int64 = 0
        if bytes.first == UInt8(ascii: ".") || bytes.first == UInt8(ascii: ",") {
            let fraction = bytes.dropFirst().prefix(while: Digits.isDigit)
            guard (1...6).contains(fraction.count) else { return nil }
            let six = Array(fraction) + Array(repeating: UInt8(ascii: "0"), count: 6 - fraction.count)
            millionths = Digits.number(six)!
            bytes = bytes.dropFirst(1 + fraction.count)
            sawFraction = true
        }
        guard let letter = bytes.popFirst() else { return nil }
        return (whole, millionths, letter)
    }
}

extension ISO8601Duration: CustomStringConvertible {
    /// Hours, minutes and seconds, as `PT26H30M`: business hours are no calendar days. Zero is `PT0S`.
    public var description: String {
        let total = milliseconds.magnitude
        let (hours, minutes) = (total / 3_600_000, total / 60_000 % 60)
        let (seconds, rest) = (total / 1_000 % 60, Int(total % 1_000))
        var text = milliseconds < 0 ? "-PT" : "PT"
        if hours > 0 { text += "\(hours)H" }
        if minutes > 0 { text += "\(minutes)M" }
        if rest > 0 {
            let fraction = Digits.padded(rest, to: 3)
            text += "\(seconds).\(fraction[...fraction.lastIndex { $0 != "0" }!])S"
        } else if seconds > 0 || total == 0 {
            text += "\(seconds)S"
        }
        return text
    }
}
