#if canImport(Glibc)
    import Glibc
#endif

/// Runs everything of one world on the thread that steps it: one job at a time, in an order that the seed decides. Time passes only when
/// nothing is left to do.
///
/// `@unchecked Sendable`: only touched on the thread that made it, which `enqueue` checks.
final class Scheduler: TaskExecutor, @unchecked Sendable {
    private enum Piece {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private struct Sleeper {
        let dueMicroseconds: Int64
        let id: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let chance: Chance
    private let thread = pthread_self()
    private var ready: [Piece] = []
    /// The next to wake stands last.
    private var sleepers: [Sleeper] = []
    private var lastID: UInt64 = 0
    /// Since the world's beginning.
    private(set) var nowMicroseconds: Int64 = 0
    private(set) var steps = 0
    /// A digest of every choice made: two runs of one seed have the same.
    private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325

    init(chance: Chance) {
        self.chance = chance
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        precondition(pthread_equal(thread, pthread_self()) != 0, "something of the world runs on a thread of its own")
        ready.append(.job(job))
    }

    /// Has `work` run later, between two jobs.
    func enqueue(work: @escaping @Sendable () -> Void) {
        precondition(pthread_equal(thread, pthread_self()) != 0, "something of the world runs on a thread of its own")
        ready.append(.work(work))
    }

    /// Runs one piece, or lets time pass until somebody wakes. False when nothing will ever happen again.
    func step() -> Bool {
        steps += 1
        guard !ready.isEmpty else { return wakeNext() }
        let index = chance.below(ready.count)
        note(UInt64(ready.count) << 32 | UInt64(index))
        ready.swapAt(index, ready.count - 1)
        switch ready.removeLast() {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .work(let work): work()
        }
        return true
    }

    /// Sleeps in the world's time. Throws when the task is cancelled.
    func sleep(for duration: Duration) async throws {
        let (seconds, attoseconds) = duration.components
        let due = nowMicroseconds + max(0, min(seconds, 1 << 40) * 1_000_000 + attoseconds / 1_000_000_000_000)
        lastID += 1
        let id = lastID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                let place = sleepers.firstIndex { ($0.dueMicroseconds, $0.id) <= (due, id) } ?? sleepers.count
                sleepers.insert(Sleeper(dueMicroseconds: due, id: id, continuation: continuation), at: place)
            }
        } onCancel: {
            guard let place = sleepers.firstIndex(where: { $0.id == id }) else { return }
            sleepers.remove(at: place).continuation.resume(throwing: CancellationError())
        }
    }

    /// Enters a number into the digest.
    func note(_ number: UInt64) {
        trace = (trace ^ number) &* 0x0000_0100_0000_01B3
    }

    private func wakeNext() -> Bool {
        guard let next = sleepers.last else { return false }
        nowMicroseconds = max(nowMicroseconds, next.dueMicroseconds)
        note(UInt64(bitPattern: nowMicroseconds))
        while let sleeper = sleepers.last, sleeper.dueMicroseconds <= nowMicroseconds {
            sleepers.removeLast()
            sleeper.continuation.resume()
        }
        return true
    }
}
