import Synchronization

/// A few read-only connections; a read takes an idle one or waits its turn.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [Int]
        var waiting: [any ReadJob] = []
        var isClosed = false
    }

    private let engine: any Engine
    private let connections: [any Connection]
    private let state: Mutex<State>
    private let waitingLimit: Int
    private let waitingTime: Duration
    private let readTime: Duration
    private let execution: StoreExecution

    init(_ engine: any Engine, limits: StoreLimits, execution: StoreExecution) {
        self.engine = engine
        connections = engine.readers
        state = Mutex(State(idle: Array(connections.indices)))
        waitingLimit = limits.waitingReads
        waitingTime = execution.limit(.milliseconds(limits.readWaitMilliseconds))
        readTime = execution.limit(.milliseconds(limits.readMilliseconds))
        self.execution = execution
    }

    func read<R: Sendable>(
        within limit: Duration?, _ body: @escaping @Sendable (Reader) throws -> R
    ) async throws -> R {
        let cancellation = ReadCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                submit(
                    Read(
                        within: limit ?? readTime,
                        { reader in
                            try cancellation.check()
                            return try body(reader)
                        }, continuation))
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Refuses what still waits and closes the connections when their present read is done.
    func close() async {
        let refused = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in refused { job.refuse(.closed) }
        for connection in connections { await execution.finish(connection.queue) { connection.finish() } }
    }

    private func submit(_ job: any ReadJob) {
        enum Outcome { case start(Int), wait, refuse(StoreError) }
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .refuse(.closed) }
            if let reader = state.idle.popLast() { return .start(reader) }
            if state.waiting.count >= waitingLimit { return .refuse(.overloaded) }
            state.waiting.append(job)
            return .wait
        }
        switch outcome {
        case .start(let reader): start(job, on: reader)
        case .wait: break
        case .refuse(let error): job.refuse(error)
        }
    }

    private func start(_ job: any ReadJob, on reader: Int) {
        let connection = connections[reader]
        execution.start(on: connection.queue) {
            var next: (any ReadJob)? = job
            while let job = next {
                if connection.isFinished {
                    job.refuse(.closed)
                } else if ContinuousClock.now - job.submitted > self.waitingTime {
                    job.refuse(.overloaded)
                } else if !self.engine.isLeading {
                    job.refuse(.notLeading)
                } else {
                    job.run(on: connection)
                }
                next = self.next(for: reader)
            }
        }
    }

    private func next(for reader: Int) -> (any ReadJob)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.idle.append(reader)
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
