import Model

extension ConfigKey {
    /// Reads `500ms`, `30s`, `5m`, `8h`, `2d`, or an ISO 8601 duration; never negative.
    static func duration(_ value: String) -> Duration? {
        if let duration = ISO8601Duration(value) {
            return duration.milliseconds < 0 ? nil : .milliseconds(duration.milliseconds)
        }
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        guard digits.utf8.count <= 9, let number = Int64(digits) else { return nil }
        switch value.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3_600)
        case "d": return .seconds(number * 86_400)
        default: return nil
        }
    }
}
