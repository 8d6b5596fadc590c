public import Store
import Synchronization

/// A wall clock that stands still until a test sets it.
public final class TestClock: WallClock {
    private let now: Mutex<Int64>

    /// Begins at 2026-01-05T09:00:00Z, a Monday, unless told otherwise.
    public init(_ milliseconds: Int64 = 1_767_603_600_000) {
        now = Mutex(milliseconds)
    }

    public var nowMilliseconds: Int64 {
        get { now.withLock { $0 } }
        set { now.withLock { $0 = newValue } }
    }

    /// Moves the clock, forward or back.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        now.withLock { $0 += seconds * 1000 + attoseconds / 1_000_000_000_000_000 }
    }
}
