/// What a client asks of one call.
public struct CallOptions: Sendable {
    /// How long the caller waits; the deadline travels and shrinks.
    public var timeout: Duration
    public var metadata: Metadata

    public init(timeout: Duration = CallOptions.defaultTimeout, metadata: Metadata = Metadata()) {
        self.timeout = timeout
        self.metadata = metadata
    }

    /// What a call waits when nothing else is said.
    public static let defaultTimeout: Duration = .seconds(10)
}
