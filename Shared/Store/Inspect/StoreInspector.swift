/// Looks at a service's store from outside, while the service runs or not, and changes nothing.
///
/// Data statements are those that both engines share; what only an engine can know of itself has a method of its own.
public protocol StoreInspector: Sendable {
    /// The rows that `sql` selects, each `?` bound to the value at its place. Each call sees its own snapshot.
    /// - Throws: ``InspectionEnded`` when it was ended for the writer's sake; `StoreError`.
    func rows(_ sql: String, _ values: [Value]) throws -> [Row]

    /// What the engine's own check finds damaged, a line each; empty when the store is whole. References to rows that are missing count.
    /// - Parameter thorough: also whether each index agrees with its table.
    func damage(thorough: Bool) throws -> [String]

    /// Whether the store has come so far in its migrations that it has the table.
    func has(table: String) throws -> Bool

    func close()
}

/// A look at a store was ended: it would have held up the service, or took too long.
public struct InspectionEnded: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The write-ahead log grew meanwhile, and could not begin anew while somebody looked.
        case logGrew
        case tookTooLong
    }

    public let reason: Reason

    public init(_ reason: Reason) {
        self.reason = reason
    }
}
