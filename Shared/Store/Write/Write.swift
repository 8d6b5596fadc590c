/// One request that waits for the writer.
protocol WriteJob: Sendable, AnyObject {
    var name: String { get }
    /// Says what the request is about to look up.
    func lookAhead(_ reader: Reader)
    /// Runs the request and keeps its result; throws what the request threw.
    /// - Parameter settles: waits for the last of its statements, so that a failure is surely its own.
    func run(in transaction: Transaction, settles: Bool) throws
    /// Answers the caller once the commit has returned: with the request's result, or with what became of the whole batch.
    func finish(_ failure: StoreError?)
}

/// `@unchecked Sendable`: `result` is only touched on the writer's queue.
final class Write<R: Sendable>: WriteJob, @unchecked Sendable {
    let name: String
    private let ahead: (@Sendable (Reader) throws -> Void)?
    private let body: @Sendable (Transaction) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private var result: Result<R, any Error> = .failure(StoreError.transactionEnded)

    init(
        _ name: String, ahead: (@Sendable (Reader) throws -> Void)?,
        _ body: @escaping @Sendable (Transaction) throws -> R, _ continuation: CheckedContinuation<R, any Error>
    ) {
        self.name = name
        self.ahead = ahead
        self.body = body
        self.continuation = continuation
    }

    func lookAhead(_ reader: Reader) {
        // A hint: what fails here fails again where it counts.
        try? ahead?(reader)
    }

    func run(in transaction: Transaction, settles: Bool) throws {
        do {
            let value = try body(transaction)
            if settles { try transaction.connection.settle() }
            if transaction.connection.hasFailed { throw transaction.connection.lastError ?? .transactionEnded }
            result = .success(value)
        } catch {
            result = .failure(error)
            throw error
        }
    }

    func finish(_ failure: StoreError?) {
        if let failure {
            continuation.resume(throwing: failure)
        } else {
            continuation.resume(with: result)
        }
    }
}
