/// Every bound of a connection, in one place. Both sides have their own; the HELLO tells the peer those it must keep to.
public struct RPCLimits: Sendable, Hashable {
    /// Longest message body, in bytes.
    public var maxMessageBytes = 4 * 1_024 * 1_024
    /// Calls in flight on one connection.
    public var maxStreams = 1_024
    /// Longest head of a request (timeout, method and metadata), in bytes. At most 65,535.
    public var maxMetadataBytes = 16 * 1_024
    /// Longest text of a status or a GOAWAY, in bytes of UTF-8; longer text is cut.
    public var maxStatusTextBytes = 4 * 1_024
    /// What a stream's sender may send before the receiver grants more, in bytes. One message may exceed what is left.
    public var streamCreditBytes = 64 * 1_024
    /// Handlers of one connection that still run after their call was cancelled or expired, beside those of open calls.
    public var maxAbandonedHandlers = 1_024
    /// Connections of one server.
    public var maxConnections = 4_096
    /// From accept or connect to the peer's HELLO, TLS included.
    public var handshakeTimeout: Duration = .seconds(5)
    /// A connection that is silent for this long is asked by PING while calls are open, and given up after as long again. A frame that
    /// makes no progress to its end for this long ends the connection too.
    public var keepaliveInterval: Duration = .seconds(20)
    /// A server ends a connection without calls that was silent for this long.
    public var idleTimeout: Duration = .seconds(600)
    /// A server drains a connection of this age, ±10 % at random so that many do not end at once: clients take another, with the
    /// certificates and authorities of that time.
    public var connectionAge: Duration = .seconds(1_800)
    /// How long the calls of a connection that grew old may go on; then they end as UNAVAILABLE.
    public var connectionAgeGrace: Duration = .seconds(300)
    /// Bytes that wait to be written to a socket before the server reads no further requests from it.
    public var writeHighWaterBytes = 1_024 * 1_024
    /// Bytes of answers that wait for a client that does not read; an answer beyond them is replaced by RESOURCE_EXHAUSTED.
    public var maxUnsentBytes = 32 * 1_024 * 1_024
    /// Bytes of requests whose handlers run, after which a server reads no further requests from the connection.
    public var maxRunningRequestBytes = 16 * 1_024 * 1_024
    /// Bytes of requests, unfinished and running, of all connections of one server. A connection that goes beyond it is ended.
    public var maxHeldBytes = 256 * 1_024 * 1_024
    /// Calls of a client that wait for its connection.
    public var maxWaitingCalls = 4_096
    /// Attempts of one call: of one that no handler has seen, or that may be repeated.
    public var maxAttempts = 4
    /// Waits between attempts, to connect or of a call: the first, the growth, and the longest, each with a jitter of ±20 %.
    public var firstBackoff: Duration = .milliseconds(50)
    public var backoffGrowth = 1.6
    public var longestBackoff: Duration = .seconds(1)

    public init() {}

    /// How old a connection gets.
    /// - Parameter jitter: -1 to 1.
    func connectionAge(jitter: Double) -> Duration { connectionAge * (1 + Self.ageJitterShare * jitter) }

    private static let ageJitterShare = 0.1
}
