import Logging
import ServiceLifecycle
import Store

/// Fires what falls due: sleeps by the monotonic clock, decides by the wall clock, and before it fires makes sure that Intake's journal
/// has been read to its end, so that a reply not yet read never becomes a breach.
struct FiringService: Service {
    /// How long an entry of Intake's may take from its instant to its commit. Timers fire so much late, and so never on a reply that
    /// was given in time but is not yet on Intake's disk.
    static let commitAllowanceMilliseconds: Int64 = 250
    /// The longest sleep: after the wall clock was set forward, timers are no later than this.
    static let limitSleep: Duration = .seconds(5)
    /// Pauses between attempts while Intake does not answer, doubling from the first to the last.
    static let firstRetry: Duration = .milliseconds(200)
    static let lastRetry: Duration = .seconds(5)

    let store: Store
    let timers: TimerService
    let clock: any WallClock
    /// Returns once everything that Intake's journal held when it was called is applied here; throws while Intake does not answer.
    let catchUp: @Sendable () async throws -> Void
    let logger: Logger
    /// Told what fired, once it is committed.
    var observe: @Sendable ([TimerFiring]) -> Void = { _ in }

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    /// Fires until its task is cancelled.
    func loop() async {
        var retry = Self.firstRetry
        while !Task.isCancelled {
            do {
                let head = await store.head
                try await refreshStale()
                let wait = try await untilNext()
                if wait <= .zero {
                    try await fireDue()
                } else {
                    // Whatever brings a due time nearer is journaled: the head moves.
                    await store.waitForHead(after: head.offset, timeout: min(wait, Self.limitSleep))
                }
                retry = Self.firstRetry
            } catch {
                if Task.isCancelled { return }
                logger.warning("timers wait", metadata: ["error": "\(error)", "retry.after": "\(retry)"])
                try? await clock.sleep(for: retry)
                retry = min(retry * 2, Self.lastRetry)
            }
        }
    }

    /// Catches up with Intake, then fires all that was due when it began. Nothing fires when it throws.
    func fireDue() async throws {
        let now = clock.nowMilliseconds - Self.commitAllowanceMilliseconds
        try await catchUp()
        var hasMore = true
        while hasMore {
            try Task.checkCancellation()
            let fired = try await store.write("timers.fire") { [timers] in try timers.fire(until: now, $0) }
            observe(fired.firings)
            hasMore = fired.mayHaveMore
        }
    }

    /// Sets all timers by the present rules, in batches.
    private func refreshStale() async throws {
        while try await store.read({ try $0.staleTickets(before: $0.generation() ?? 0, limit: 1) }).isEmpty == false {
            try Task.checkCancellation()
            _ = try await store.write("timers.refresh") { [timers] in try timers.refresh($0) }
        }
    }

    /// How long until a timer must be looked at.
    private func untilNext() async throws -> Duration {
        guard let next = try await store.read({ try $0.nextTimerMilliseconds() }) else { return Self.limitSleep }
        return .milliseconds(next + Self.commitAllowanceMilliseconds - clock.nowMilliseconds)
    }
}
