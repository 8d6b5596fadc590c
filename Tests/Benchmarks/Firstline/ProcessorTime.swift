import Glibc

/// What this process has used of the processors.
enum ProcessorTime {
    /// User and system time of all threads so far.
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
    var inMicroseconds: Double { self / .microseconds(1) }
}
