public import NIOCore

/// Runs tasks on the thread of one event loop, so that between them and the loop's connections nothing hops from thread to thread.
///
/// What becomes ready during a connection's turn is run at its end, before the connection flushes: what the tasks send leaves together.
///
/// `@unchecked`: the state is touched on the event loop only; jobs of other threads come through the mailbox.
public final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    let eventLoop: any EventLoop
    private let mailbox: Mailbox<UnownedJob>
    private var jobs: [UnownedJob] = []
    private var isScheduled = false
    /// True while a connection's turn goes on, at whose end it calls `run`.
    var isGathering = false
    /// True while tasks run, after which their output is flushed.
    private(set) var isRunning = false
    /// Called after tasks have run outside of a connection's turn.
    var afterRun: (() -> Void)?
    private var wantsNextJob = false
    private var nextJob: UnownedJob?

    /// Jobs that run in one turn of the loop; others wait until it has looked at its sockets again.
    private static let maxJobs = 1_024

    public init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        mailbox = Mailbox(eventLoop)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard eventLoop.inEventLoop else { return mailbox.post(job) { self.takePosted() } }
        if wantsNextJob {
            wantsNextJob = false
            nextJob = job
            return
        }
        jobs.append(job)
        if !isGathering, !isRunning { schedule() }
    }

    /// Runs what is ready.
    func run() {
        guard !isRunning, !jobs.isEmpty else { return }
        isRunning = true
        var count = 0
        while count < jobs.count, count < Self.maxJobs {
            let job = jobs[count]
            count += 1
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        jobs.removeFirst(count)
        isRunning = false
        if !jobs.isEmpty { schedule() }
    }

    /// Runs the task that `ready` starts or resumes right here, until it suspends for the first time.
    func runNow(_ ready: () -> Void) {
        wantsNextJob = true
        ready()
        wantsNextJob = false
        guard let job = nextJob else { return }
        nextJob = nil
        job.runSynchronously(on: asUnownedTaskExecutor())
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.execute {
            self.isScheduled = false
            self.run()
            self.afterRun?()
        }
    }

    private func takePosted() {
        jobs += mailbox.take()
        run()
        afterRun?()
    }
}
