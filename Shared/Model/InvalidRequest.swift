/// A request that breaks the model's rules: every fault with its field. At the edge it is INVALID_ARGUMENT, `invalid_field`.
public struct InvalidRequest: Error, Sendable, Hashable {
    /// Never empty.
    public let violations: [Violation]

    public init(_ violations: [Violation]) {
        precondition(!violations.isEmpty, "a refusal names at least one field")
        self.violations = violations
    }

    public init(_ field: String, _ message: String) {
        self.init([Violation(field: field, message: message)])
    }
}
