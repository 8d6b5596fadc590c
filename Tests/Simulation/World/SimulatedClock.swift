import Store

/// The wall clock of the world's machine, which can be set; and sleeping, which goes by the world's time.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class SimulatedClock: WallClock, @unchecked Sendable {
    /// 2026-01-05T09:00:00Z, a Monday.
    static let beginningMilliseconds: Int64 = 1_767_603_600_000
    /// How long after a moment the wall clock's time at that moment may still have been what somebody decided by.
    static let memoryMicroseconds: Int64 = 60_000_000

    private let scheduler: Scheduler
    private var offsetMilliseconds: Int64 = 0
    /// What the clock showed just before it was set, and when that was.
    private var sets: [(atMicroseconds: Int64, beforeMilliseconds: Int64, isBackwards: Bool)] = []

    init(scheduler: Scheduler) {
        self.scheduler = scheduler
    }

    var nowMilliseconds: Int64 {
        Self.beginningMilliseconds + offsetMilliseconds + scheduler.nowMicroseconds / 1000
    }

    func sleep(for duration: Duration) async throws {
        try await scheduler.sleep(for: duration)
    }

    /// Sets the clock to so much ahead of (or behind) the world's own time.
    func set(aheadMilliseconds: Int64) {
        sets.append((scheduler.nowMicroseconds, nowMilliseconds, aheadMilliseconds < offsetMilliseconds))
        offsetMilliseconds = aheadMilliseconds
    }

    /// The latest that the clock has shown of late.
    var recentMaximumMilliseconds: Int64 {
        recentSets.map(\.beforeMilliseconds).reduce(nowMilliseconds, max)
    }

    var wasSetBackLately: Bool { recentSets.contains(where: \.isBackwards) }

    private var recentSets: ArraySlice<(atMicroseconds: Int64, beforeMilliseconds: Int64, isBackwards: Bool)> {
        let oldest = scheduler.nowMicroseconds - Self.memoryMicroseconds
        return sets[(sets.lastIndex { $0.atMicroseconds < oldest }.map { $0 + 1 } ?? 0)...]
    }
}
