import GRDB
import Synchronization

/// A few read-only connections; a read takes an idle one or waits its turn.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [Int]
        var waiting: [any ReadJob] = []
        var isClosed = false
    }

    private let queues: [DatabaseQueue]
    private let connections: [Connection]
    private let state: Mutex<State>
    private let waitingLimit: Int
    private let waitingTime: Duration
    private let readTime: Duration
    private let execution: StoreExecution

    init(path: String, limits: StoreLimits, interrupts: ReadInterrupts, execution: StoreExecution) throws {
        var queues: [DatabaseQueue] = []
        var connections: [Connection] = []
        for _ in 0..<limits.readers {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration(limits))
            connections.append(
                try queue.writeWithoutTransaction { database in
                    try Connection(
                        database, statementLimit: limits.preparedStatements, readLimit: ReadLimit(interrupts))
                })
            queues.append(queue)
        }
        self.queues = queues
        self.connections = connections
        state = Mutex(State(idle: Array(queues.indices)))
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
        for (queue, connection) in zip(queues, connections) {
            await execution.finish(queue) { connection.finish() }
        }
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
        execution.start(on: queues[reader]) {
            var next: (any ReadJob)? = job
            while let job = next {
                if connection.isFinished {
                    job.refuse(.closed)
                } else if ContinuousClock.now - job.submitted > self.waitingTime {
                    job.refuse(.overloaded)
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

    static func configuration(_ limits: StoreLimits) -> Configuration {
        var configuration = Configuration()
        configuration.label = "firstline.store.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(limits.busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA cache_size = -\(limits.readerCacheKiB); PRAGMA temp_store = MEMORY;")
        }
        return configuration
    }
}
