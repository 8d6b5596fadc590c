/// One request that waits for the writer.
protocol WriteJob: Sendable, AnyObject {
    var name: String { get }
    /// Runs the request and keeps its result; throws what the request threw.
    func run(in transaction: Transaction) throws
    /// Answers the caller once the commit has returned: with the request's result, or with what became of the whole batch.
    func finish(_ failure: StoreError?)
}

/// `@unchecked Sendable`: `result` is only touched on the writer's queue.
final class Write<R: Sendable>: WriteJob, @unchecked Sendable {
    let name: String
    private let body: @Sendable (Transaction) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private var result: Result<R, any Error> = .failure(StoreError.transactionEnded)

    init(
        _ name: String, _ body: @escaping @Sendable (Transaction) throws -> R,
        _ continuation: CheckedContinuation<R, any Error>
    ) {
        self.name = name
        self.body = body
        self.continuation = continuation
    }

    func run(in transaction: Transaction) throws {
        do {
            result = .success(try body(transaction))
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
