import NIOCore

/// The timers of one connection. Used on its event loop alone.
final class GRPCTimers {
    var handshake: Scheduled<Void>?
    var keepalive: Scheduled<Void>?
    var deadline: Scheduled<Void>?
    var drain: Scheduled<Void>?
    var age: Scheduled<Void>?
    var linger: Scheduled<Void>?

    func cancel() {
        for timer in [handshake, keepalive, deadline, drain, age, linger] { timer?.cancel() }
    }
}
