import Dispatch
import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The right to lead a service's store in PostgreSQL: an advisory lock held by the session that writes, and a row that tells who leads,
/// in which term, and that it still lives.
///
/// `@unchecked Sendable`: the sessions are only touched on the queue of the lease, until the writer's is handed to the engine.
public final class PostgresLease: @unchecked Sendable {
    /// How long a leader may be silent before it must neither serve nor write.
    public static let longestSilence: Duration = .seconds(5)
    static let heartbeatPause: Duration = .milliseconds(500)

    /// Which life of leading this is, greater than any before.
    public let term: Int64
    let address: PostgresAddress
    private let session: Mutex<PostgresSession?>
    private let watch: LeaseTable
    private let queue: DispatchQueue
    private struct State {
        /// When the last heartbeat that was heard of was sent.
        var beat: ContinuousClock.Instant
        var isOver = false
    }
    private let state: Mutex<State>

    /// Made by a contender that holds the lock, on `session`.
    init(
        term: Int64, address: PostgresAddress, session: PostgresSession, watch: LeaseTable, queue: DispatchQueue,
        beat: ContinuousClock.Instant
    ) {
        self.term = term
        self.address = address
        self.session = Mutex(session)
        self.watch = watch
        self.queue = queue
        state = Mutex(State(beat: beat))
    }

    /// Waits until this instance may lead.
    /// - Parameter onWait: called whenever it must wait: with the leader's address, or nil when nobody leads or the database is away.
    /// - Throws: `CancellationError`, and what no waiting mends: ``StoreError/database(code:message:)`` for a wrong password or name.
    public static func take(
        _ address: PostgresAddress, service: String, onWait: @escaping @Sendable (String?) -> Void
    ) async throws -> PostgresLease {
        let queue = DispatchQueue(label: "firstline.store.lease")
        let contender = LeaseContender(address, service: service)
        var contest = LeaseContest()
        while true {
            try Task.checkCancellation()
            let event = try await queue.result { try contender.look() }
            switch contest.next(event, at: .now) {
            case .lead(let pause):
                // First the row, in which a former leader reads that it leads no more; then time for it to look.
                let lease = try await queue.result { try contender.lead(queue) }
                try await Task.sleep(for: pause)
                return lease
            case .wait(let pause, let leader):
                onWait(leader.flatMap { $0.isEmpty ? nil : $0 })
                try await Task.sleep(for: pause)
            case .end(let backend):
                try await queue.result { try contender.end(backend) }
            }
        }
    }

    /// Leads at once, or throws ``StoreError/inUse(folder:)`` where another instance does.
    static func takeNow(_ address: PostgresAddress, service: String) throws -> PostgresLease {
        let contender = LeaseContender(address, service: service)
        // A session that has just ended may hold its lock for a moment longer.
        let deadline = ContinuousClock.now + .milliseconds(500)
        while true {
            switch try contender.look() {
            case .locked: return try contender.lead(DispatchQueue(label: "firstline.store.lease"))
            case .held where ContinuousClock.now < deadline: usleep(20_000)
            case .held: throw StoreError.inUse(folder: "schema \(address.schema)")
            case .unreachable: throw StoreError.unavailable(message: contender.problem)
            }
        }
    }

    /// Whether this instance may still serve and write.
    var isLeading: Bool {
        state.withLock { !$0.isOver && ContinuousClock.now - $0.beat < Self.longestSilence }
    }

    /// The session that holds the lock; once.
    func takeSession() throws(StoreError) -> PostgresSession {
        let session = session.withLock { session in
            defer { session = nil }
            return session
        }
        guard let session else { throw .closed }
        return session
    }

    /// Tells the database twice a second that this instance lives.
    /// - Parameter onLoss: called once, when it may no longer lead: another does, or the database has not answered for too long.
    func keep(onLoss: @escaping @Sendable (String) -> Void) {
        // Threads of their own: whatever else is busy or blocked, these are not.
        LeaseThread.start(every: Self.heartbeatPause) { [weak self] in self?.beat(onLoss) ?? false }
        // Apart from the heartbeat, which may itself hang in a silent network.
        LeaseThread.start(every: Self.heartbeatPause / 2) { [weak self] in self?.watchSilence(onLoss) ?? false }
    }

    /// Gives the lead up, so that a successor need not wait. The writer's session must be closed already.
    func release() async {
        let wasOver = state.withLock { state in
            defer { state.isOver = true }
            return state.isOver
        }
        if !wasOver { try? await queue.result { try self.watch.free(term: self.term) } }
    }

    /// Returns whether to go on.
    private func beat(_ onLoss: @Sendable (String) -> Void) -> Bool {
        if state.withLock({ $0.isOver }) { return false }
        let sent = ContinuousClock.now
        do {
            guard try queue.sync(execute: { try watch.beat(term: term) }) else {
                lose("another instance leads", onLoss)
                return false
            }
            state.withLock { $0.beat = sent }
        } catch {
            // Tried again until the silence has lasted too long.
            queue.sync { watch.reconnect() }
        }
        return true
    }

    private func watchSilence(_ onLoss: @Sendable (String) -> Void) -> Bool {
        if state.withLock({ $0.isOver }) { return false }
        if isLeading { return true }
        lose("the database has not answered for \(Self.longestSilence)", onLoss)
        return false
    }

    private func lose(_ why: String, _ onLoss: @Sendable (String) -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        if isFirst { onLoss(why) }
    }
}

extension DispatchQueue {
    /// Runs `body` here, and returns what it returned.
    fileprivate func result<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            async { continuation.resume(with: Result { try body() }) }
        }
    }
}
