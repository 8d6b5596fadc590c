/// `grpc-timeout`: at most 8 digits and a unit (gRPC over HTTP/2, "Requests").
enum GRPCTimeout {
    /// The time that a header's value says; nil when it is malformed.
    static func read(_ value: String) -> Duration? {
        let digits = value.utf8.dropLast()
        guard let unit = value.utf8.last, (1...8).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int64(value.dropLast())
        else { return nil }
        switch unit {
        case UInt8(ascii: "H"): return .seconds(count * 3_600)
        case UInt8(ascii: "M"): return .seconds(count * 60)
        case UInt8(ascii: "S"): return .seconds(count)
        case UInt8(ascii: "m"): return .milliseconds(count)
        case UInt8(ascii: "u"): return .microseconds(count)
        case UInt8(ascii: "n"): return .nanoseconds(count)
        default: return nil
        }
    }

    /// A longer timeout counts as none: no timer can be set for it.
    static let longest: Duration = .seconds(365 * 24 * 3_600)
}
