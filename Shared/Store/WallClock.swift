#if canImport(Glibc)
    import Glibc
#endif

/// What time it is for people. It may be set back or forward at any moment; what must not go back is corrected by who needs it.
public protocol WallClock: Sendable {
    /// Milliseconds since the Unix epoch, UTC.
    var nowMilliseconds: Int64 { get }

    /// Sleeps by the monotonic clock, which is never set. Throws when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

extension WallClock {
    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}

/// The machine's own clock.
public struct SystemClock: WallClock {
    public init() {}

    public var nowMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
