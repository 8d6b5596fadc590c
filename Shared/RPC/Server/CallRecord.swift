public import Wire

/// What a server tells of each call that ended, for metrics and logs.
public struct CallRecord: Sendable {
    /// Full method name; "unknown" for one that is not served here, so that metrics stay bounded.
    public var method: String
    public var code: StatusCode
    public var duration: Duration
    public var peer: PeerIdentity
}
