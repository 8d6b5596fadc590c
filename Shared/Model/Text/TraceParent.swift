/// The position of a call in a distributed trace (W3C Trace Context, section 3.2).
public struct TraceParent: Sendable, Hashable {
    /// 32 hexadecimal digits in lower case, not all zero.
    public let traceID: String
    /// 16 hexadecimal digits in lower case, not all zero.
    public let spanID: String
    public let isSampled: Bool

    /// A new trace.
    public init(using generator: inout some RandomNumberGenerator) {
        traceID = TraceParent.hex(using: &generator) + TraceParent.hex(using: &generator)
        spanID = TraceParent.hex(using: &generator)
        isSampled = true
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Parses the header's value; nil when it is malformed, which per the specification means: start a new trace.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, TraceParent.isHex(parts[0]), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, TraceParent.isHex(parts[1]), parts[1].contains(where: { $0 != "0" }),
            parts[2].utf8.count == 16, TraceParent.isHex(parts[2]), parts[2].contains(where: { $0 != "0" }),
            parts[3].utf8.count == 2, TraceParent.isHex(parts[3]), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), isSampled: flags & 1 == 1)
    }

    /// The trace that a caller's header names, one span further; a new one when it names none.
    public init(continuing header: String?, using generator: inout some RandomNumberGenerator) {
        if let header, let parent = TraceParent(header) {
            self = parent.child(using: &generator)
        } else {
            self.init(using: &generator)
        }
    }

    /// The same trace, one span further.
    public func child(using generator: inout some RandomNumberGenerator) -> TraceParent {
        TraceParent(traceID: traceID, spanID: TraceParent.hex(using: &generator), isSampled: isSampled)
    }

    private static func isHex(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { Digits.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// 16 digits that are not all zero.
    private static func hex(using generator: inout some RandomNumberGenerator) -> String {
        let text = String(UInt64.random(in: 1...UInt64.max, using: &generator), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

extension TraceParent: CustomStringConvertible {
    /// The header's value.
    public var description: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }
}
