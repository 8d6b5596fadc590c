/// When a contender may take the lead: a pure state machine, fed with what each look at the database showed.
///
/// The lead belongs to whoever holds the advisory lock. A holder that died has lost it with its session, and is followed at once. A holder
/// that is only silent (stopped, cut off) keeps it: when its heartbeat has not changed for longer than it may lead in silence, its session
/// is ended by the contender, and nothing that it still sends can be committed.
struct LeaseContest {
    /// What one look showed of the holder.
    struct Holder: Sendable, Hashable {
        /// The server's process of the session that holds the lock; 0 for none that could be seen.
        var backend: Int64
        /// Changes with every heartbeat.
        var beat: Int64
        /// Where it serves.
        var address: String
    }

    enum Event: Sendable, Hashable {
        /// We got the lock. `isFresh`: another's heartbeat is young, and its process may not know yet that it has lost the lead.
        case locked(isFresh: Bool)
        case held(Holder)
        case unreachable
    }

    enum Action: Sendable, Hashable {
        /// Lead, after waiting for so long, while a former leader hears that it leads no more.
        case lead(after: Duration)
        /// Look again after so long. The leader is at `leader`, where it is known.
        case wait(Duration, leader: String?)
        /// End the holder's session and look again at once.
        case end(backend: Int64)
    }

    /// How long a holder's heartbeat may stay as it is before its session is ended. Longer than it may lead in silence.
    static let silence: Duration = .seconds(6)
    static let pause: Duration = .milliseconds(250)
    static let unreachablePause: Duration = .milliseconds(500)

    private var seen: (holder: Holder, since: ContinuousClock.Instant)?

    mutating func next(_ event: Event, at now: ContinuousClock.Instant) -> Action {
        switch event {
        case .locked(let isFresh):
            seen = nil
            // Two heartbeats of a former leader's, of which one must have failed.
            return .lead(after: isFresh ? PostgresLease.heartbeatPause * 2 : .zero)
        case .unreachable:
            // Nobody could see a heartbeat meanwhile: the holder's silence is counted anew.
            seen = nil
            return .wait(Self.unreachablePause, leader: nil)
        case .held(let holder):
            guard let seen, seen.holder == holder else {
                self.seen = (holder, now)
                return .wait(Self.pause, leader: holder.address)
            }
            guard now - seen.since >= Self.silence else { return .wait(Self.pause, leader: holder.address) }
            self.seen = nil
            return holder.backend == 0 ? .wait(Self.pause, leader: nil) : .end(backend: holder.backend)
        }
    }
}
