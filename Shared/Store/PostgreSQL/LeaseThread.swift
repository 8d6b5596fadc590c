#if canImport(Glibc)
    import Glibc
#endif

/// A thread that does one thing again and again, until it is told to end. It waits for no pool's thread to become free.
final class LeaseThread {
    private let microseconds: UInt32
    private let body: () -> Bool

    private init(every pause: Duration, _ body: @escaping () -> Bool) {
        microseconds = UInt32(pause / .microseconds(1))
        self.body = body
    }

    /// - Parameter body: returns whether to go on.
    static func start(every pause: Duration, _ body: @escaping @Sendable () -> Bool) {
        let context = Unmanaged.passRetained(LeaseThread(every: pause, body)).toOpaque()
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let this = Unmanaged<LeaseThread>.fromOpaque(context).takeRetainedValue()
                repeat { usleep(this.microseconds) } while this.body()
                return nil
            }, context)
        precondition(code == 0, "no thread can be started for the lease")
        pthread_detach(thread)
    }
}
