/// What travels beside a call's body: a short list of names and values, names in lower case.
public struct Metadata: Sendable, Equatable {
    public private(set) var pairs: [(name: String, value: String)]

    public init(_ pairs: [(name: String, value: String)] = []) {
        self.pairs = pairs
    }

    /// The first value of that name. Setting replaces all of that name; nil removes them.
    public subscript(_ name: String) -> String? {
        get { pairs.first { $0.name == name }?.value }
        set {
            pairs.removeAll { $0.name == name }
            if let newValue { pairs.append((name, newValue)) }
        }
    }

    public static func == (left: Metadata, right: Metadata) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }
}

extension Metadata {
    /// A signed principal: on whose behalf the call is made.
    public static let principalKey = "principal"
    /// The key under which a repeated mutating call returns the first outcome.
    public static let idempotencyKey = "idempotency-key"
    /// W3C Trace Context, `traceparent`.
    public static let traceParentKey = "traceparent"
}
