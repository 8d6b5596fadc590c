import Wire

/// The tasks that run the handlers of one connection. A task that is through with a handler takes the next call that waits, and rests when
/// there is none: that takes a fraction of what a new task for each call does, and handlers that never suspend run one after the other
/// without any switch between tasks.
///
/// `@unchecked`: everything is touched on the connection's event loop only, where its tasks run.
final class HandlerTasks: @unchecked Sendable {
    /// One task, and the call that it runs.
    final class Runner: @unchecked Sendable {
        fileprivate var call: ServerCall?
        fileprivate var waiter: UnsafeContinuation<Void, Never>?
        fileprivate var task: Task<Void, Never>?

        /// Cancels the task if it still runs `call`.
        func cancel(_ call: ServerCall) {
            if self.call === call { task?.cancel() }
        }
    }

    private struct Waiting {
        let call: ServerCall
        let context: CallContext
        let operation: ServedMethod.Operation
    }

    private let executor: LoopExecutor
    /// Those before `nextWaiting` are taken.
    private var waiting: [Waiting?] = []
    private var nextWaiting = 0
    private var idle: [Runner] = []
    private var isOver = false

    /// Tasks that rest.
    private static let maxIdle = 64
    /// Calls that are gathered before their handlers run: enough to share a switch, few enough to keep both sides busy.
    private static let maxGathered = 8

    init(_ executor: LoopExecutor) {
        self.executor = executor
    }

    /// Has the handler of a call run at the next `run`, or at once when many wait.
    func add(_ call: ServerCall, _ context: CallContext, _ operation: @escaping ServedMethod.Operation) {
        waiting.append(Waiting(call: call, context: context, operation: operation))
        if waiting.count - nextWaiting >= Self.maxGathered { run() }
    }

    /// Starts the handlers of all calls that wait, on the loop's own thread: those that never suspend are over on return.
    /// The tasks are unstructured because a call's life is its connection's.
    func run() {
        while nextWaiting < waiting.count {
            if let runner = idle.popLast() {
                executor.runNow { runner.waiter?.resume() }
            } else {
                let runner = Runner()
                executor.runNow {
                    runner.task = Task(executorPreference: executor) { await self.work(runner) }
                }
            }
        }
    }

    /// Lets the tasks that rest come to their end; those that work follow.
    func end() {
        isOver = true
        let resting = idle
        idle = []
        for runner in resting { runner.waiter?.resume() }
    }

    private func work(_ runner: Runner) async {
        while true {
            while let next = takeNext() {
                runner.call = next.call
                next.call.begin(on: runner)
                do { try await next.operation(next.context, next.call) } catch { next.call.fail(error) }
                next.call.complete()
                runner.call = nil
                // A task that was cancelled stays so, and is of no use to another call.
                if Task.isCancelled {
                    runner.task = nil
                    return
                }
            }
            if isOver || idle.count >= Self.maxIdle { break }
            await withUnsafeContinuation { waiter in
                runner.waiter = waiter
                idle.append(runner)
            }
        }
        runner.task = nil
    }

    /// The next call whose caller still waits.
    private func takeNext() -> Waiting? {
        while nextWaiting < waiting.count {
            let next = waiting[nextWaiting].take()
            nextWaiting += 1
            if nextWaiting == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                nextWaiting = 0
            }
            guard let next else { continue }
            if !next.call.isOver { return next }
            next.call.fail(CancellationError())
        }
        return nil
    }
}
