/// One read that waits for a reader.
protocol ReadJob: Sendable, AnyObject {
    var submitted: ContinuousClock.Instant { get }
    /// Runs on a reader's queue and answers the caller.
    func run(on connection: any Connection)
    func refuse(_ error: StoreError)
}

final class Read<R: Sendable>: ReadJob {
    let submitted = ContinuousClock.now
    private let limit: Duration
    private let body: @Sendable (Reader) throws -> R
    private let continuation: CheckedContinuation<R, any Error>

    init(
        within limit: Duration, _ body: @escaping @Sendable (Reader) throws -> R,
        _ continuation: CheckedContinuation<R, any Error>
    ) {
        self.limit = limit
        self.body = body
        self.continuation = continuation
    }

    func run(on connection: any Connection) {
        continuation.resume(with: Result { try snapshot(connection) })
    }

    func refuse(_ error: StoreError) {
        continuation.resume(throwing: error)
    }

    private func snapshot(_ connection: any Connection) throws -> R {
        connection.readLimit?.begin(limit)
        try connection.beginReading(within: limit)
        defer {
            connection.readLimit?.end()
            // Some errors end the transaction by themselves.
            if connection.isInTransaction { try? connection.rollback() }
        }
        return try body(Reader(connection))
    }
}
