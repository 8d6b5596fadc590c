import Wire

/// The tasks that run the handlers of one connection. A task that is through with a handler waits for the next one: that takes a fraction of
/// what a new task for each call does.
///
/// `@unchecked`: everything is touched on the connection's event loop only, where its tasks run.
final class HandlerTasks: @unchecked Sendable {
    /// One task, and the call that it runs.
    final class Runner: @unchecked Sendable {
        fileprivate var call: ServerCall?
        fileprivate var operation: ServerCall.Operation?
        fileprivate var waiter: UnsafeContinuation<Void, Never>?
        fileprivate var task: Task<Void, Never>?

        /// Cancels the task if it still runs `call`.
        func cancel(_ call: ServerCall) {
            if self.call === call { task?.cancel() }
        }
    }

    private let executor: LoopExecutor
    private var idle: [Runner] = []
    private var isOver = false

    /// Tasks that wait for work.
    private static let maxIdle = 64

    init(_ executor: LoopExecutor) {
        self.executor = executor
    }

    /// Runs a call's handler. It starts on the loop's own thread; when it never suspends it is over on return, with no hop at all.
    /// The task is unstructured because a call's life is its connection's.
    func run(_ call: ServerCall, _ operation: @escaping ServerCall.Operation) -> Runner {
        let waiting = idle.popLast()
        let runner = waiting ?? Runner()
        runner.call = call
        runner.operation = operation
        executor.runNow {
            if let waiting {
                waiting.waiter?.resume()
            } else {
                runner.task = Task(executorPreference: executor) { await self.work(runner) }
            }
        }
        return runner
    }

    /// Lets the tasks that wait come to their end; those that work follow.
    func end() {
        isOver = true
        let waiting = idle
        idle = []
        for runner in waiting { runner.waiter?.resume() }
    }

    private func work(_ runner: Runner) async {
        while let call = runner.call, let operation = runner.operation {
            runner.operation = nil
            do { try await operation() } catch { call.finish(.failed(RPCError(handlerError: error))) }
            runner.call = nil
            // A task that was cancelled stays so, and is of no use to another call.
            if Task.isCancelled || isOver || idle.count >= Self.maxIdle { break }
            await withUnsafeContinuation { waiter in
                runner.waiter = waiter
                idle.append(runner)
            }
        }
        runner.task = nil
    }
}
