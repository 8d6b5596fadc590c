/// What travels beside a call's body: a short list of names and values, names in lower case.
public struct Metadata: Sendable, Hashable {
    /// A name and its value. No tuple, which arrays would handle by metadata that is looked up while the program runs.
    public struct Pair: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var pairs: [Pair]

    public init(pairs: [Pair]) {
        self.pairs = pairs
    }

    public init(_ pairs: [(name: String, value: String)] = []) {
        self.pairs = pairs.map { Pair($0.name, $0.value) }
    }

    /// The first value of that name. Setting replaces all of that name; nil removes them.
    public subscript(_ name: String) -> String? {
        get { pairs.first { $0.name == name }?.value }
        set {
            // Most often there is none yet, and nothing has to move.
            if pairs.contains(where: { $0.name == name }) { pairs.removeAll { $0.name == name } }
            if let newValue { pairs.append(Pair(name, newValue)) }
        }
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
