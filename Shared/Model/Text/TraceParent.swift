/// The position of a call in a distributed trace (W3C Trace Context, section 3.2).
///
/// It is kept as numbers: each mutating call has one, and few of them are ever read as text.
public struct TraceParent: Sendable, Hashable {
    /// The trace's id, of which one half may be zero.
    private let traceHigh: UInt64
    private let traceLow: UInt64
    /// Not zero.
    private let span: UInt64
    public let isSampled: Bool

    /// A new trace.
    public init(using generator: inout some RandomNumberGenerator) {
        traceHigh = TraceParent.id(using: &generator)
        traceLow = TraceParent.id(using: &generator)
        span = TraceParent.id(using: &generator)
        isSampled = true
    }

    private init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.isSampled = isSampled
    }

    /// Parses the header's value; nil when it is malformed, which per the specification means: start a new trace.
    public init?(_ text: some StringProtocol) {
        var rest = text.utf8.makeIterator()
        guard let version = HexDigits.number(of: 2, from: &rest), version != 0xff, rest.next() == Self.dash,
            let traceHigh = HexDigits.number(of: 16, from: &rest), let traceLow = HexDigits.number(of: 16, from: &rest),
            traceHigh != 0 || traceLow != 0, rest.next() == Self.dash,
            let span = HexDigits.number(of: 16, from: &rest), span != 0, rest.next() == Self.dash,
            let flags = HexDigits.number(of: 2, from: &rest)
        else { return nil }
        // A later version may have more to say.
        if let next = rest.next() { guard version != 0, next == Self.dash else { return nil } }
        self.init(traceHigh: traceHigh, traceLow: traceLow, span: span, isSampled: flags & 1 == 1)
    }

    /// The trace that a caller's header names, one span further; a new one when it names none.
    public init(continuing header: String?, using generator: inout some RandomNumberGenerator) {
        if let header, let parent = TraceParent(header) {
            self = parent.child(using: &generator)
        } else {
            self.init(using: &generator)
        }
    }

    /// 32 hexadecimal digits in lower case, not all zero.
    public var traceID: String { HexDigits.text(of: traceHigh, traceLow) }

    /// 16 hexadecimal digits in lower case, not all zero.
    public var spanID: String { HexDigits.text(of: span) }

    /// The same trace, one span further.
    public func child(using generator: inout some RandomNumberGenerator) -> TraceParent {
        TraceParent(
            traceHigh: traceHigh, traceLow: traceLow, span: TraceParent.id(using: &generator), isSampled: isSampled)
    }

    /// A random number that is not zero.
    private static func id(using generator: inout some RandomNumberGenerator) -> UInt64 {
        max(1, generator.next())
    }

    private static let dash = UInt8(ascii: "-")
}

extension TraceParent: CustomStringConvertible {
    /// The header's value.
    public var description: String {
        String(unsafeUninitializedCapacity: 55) { text in
            _ = text.initialize(from: "00-00000000000000000000000000000000-0000000000000000-00".utf8)
            HexDigits.write(traceHigh, to: text, at: 3)
            HexDigits.write(traceLow, to: text, at: 19)
            HexDigits.write(span, to: text, at: 36)
            if isSampled { text[54] = UInt8(ascii: "1") }
            return 55
        }
    }
}
