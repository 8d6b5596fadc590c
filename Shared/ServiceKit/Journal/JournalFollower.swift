import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization
import Wire

/// Follows one journal: performs what `FollowerState` decides.
final class JournalFollower: Service {
    private struct State {
        var follower: FollowerState
        var waiting: [UInt64: Waiter] = [:]
        var next: UInt64 = 0
    }

    private struct Waiter {
        var offset: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    private let definition: FollowerDefinition
    private let follower: String
    private let store: Store
    private let client: JournalClient
    private let logger: Logger
    private let clock: any WallClock
    private let chance: @Sendable () -> Double
    private let state: Mutex<State>

    /// - Parameter chance: from 0 to 1, random.
    init(
        _ definition: FollowerDefinition, follower: String, store: Store, channel: any CallChannel, logger: Logger,
        clock: any WallClock = SystemClock(), chance: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.definition = definition
        self.follower = follower
        self.store = store
        self.clock = clock
        self.chance = chance
        client = JournalClient(channel)
        var logger = logger
        logger[metadataKey: "journal.source"] = "\(definition.source)"
        self.logger = logger
        state = Mutex(State(follower: FollowerState(source: definition.source)))
    }

    var source: String { definition.source }
    var status: FollowerState { state.withLock { $0.follower } }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
    }

    /// Where the source's journal ends now.
    func sourceHead() async throws -> Place {
        let head = try await client.head(HeadRequest())
        return Place(service: source, term: head.term, offset: head.head)
    }

    /// Waits until the entry at `offset` is applied. False when it was not within `timeout`, or will not be.
    func catchUp(to offset: Int64, timeout: Duration) async -> Bool {
        if status.offset >= offset { return true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForOffset(offset) }
            group.addTask { try? await self.clock.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        return status.offset >= offset
    }

    /// Follows until its task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            let next: FollowerState.Next
            do {
                try await stream()
                next = disconnected("the stream ended", isTermMismatch: false)
            } catch {
                if Task.isCancelled { return }
                let refusal = error as? RPCError
                next = disconnected("\(error)", isTermMismatch: refusal?.detail?.code == "term_mismatch")
            }
            switch next {
            case .retry(let wait): try? await clock.sleep(for: wait)
            case .stop:
                logger.error(
                    "follower stopped: its place is not in the journal", metadata: ["error": "\(status.problem)"])
                await Signal().wait()
            }
        }
    }

    private func stream() async throws {
        let cursor = try await store.read { [source] in try $0.cursor(of: source) }
        let request = state.withLock { [follower] in
            $0.follower.connect(term: cursor?.term ?? 0, offset: cursor?.offset ?? 0, follower: follower)
        }
        wake()
        try await client.follow(request, CallOptions(timeout: Self.noTimeout)) { response in
            switch self.state.withLock({ $0.follower.receive(response) }) {
            case .nothing: break
            case .refuse(let why): throw RPCError(.dataLoss, why)
            case .apply(let entries): try await self.apply(entries)
            }
        }
    }

    private func apply(_ entries: [JournalEntry]) async throws {
        let definition = definition
        let last = entries[entries.count - 1]
        try await store.write("follow.\(source)") { transaction in
            // The store knows best what is applied: another stream of ours may have ended in an unknown outcome.
            let applied = try transaction.cursor(of: definition.source)?.offset ?? 0
            guard last.offset > applied else { return }
            try definition.applyBatch(transaction, entries.filter { $0.offset > applied && $0.body != nil })
            try transaction.advanceCursor(of: definition.source, term: last.term, offset: last.offset)
        }
        state.withLock { $0.follower.applied(term: last.term, offset: last.offset) }
        wake()
        logApplied(entries)
        await definition.afterCommit()
    }

    /// What came of an entry stands in our own journal and is logged from there; this is for those who look for what did not come.
    private func logApplied(_ entries: [JournalEntry]) {
        guard logger.logLevel <= .debug else { return }
        for entry in entries {
            TraceContext.$current.withValue(TraceParent(entry.traceParent)) {
                logger.debug(
                    "entry applied",
                    metadata: [
                        "journal.offset": "\(entry.offset)", "journal.kind": "\(entry.body?.kind ?? "unknown")",
                        "ticket.id": "\(entry.ticketID)",
                    ])
            }
        }
    }

    private func disconnected(_ problem: String, isTermMismatch: Bool) -> FollowerState.Next {
        let isNew = status.phase == .following || status.problem != problem
        let next = state.withLock {
            $0.follower.disconnected(problem, isTermMismatch: isTermMismatch, jitter: chance())
        }
        // The same failure over and over is said once.
        logger.log(level: isNew ? .notice : .debug, "journal stream ended", metadata: ["error": "\(problem)"])
        return next
    }

    private func wake() {
        let ready = state.withLock { state in
            let ready = state.waiting.filter { $0.value.offset <= state.follower.offset }
            for id in ready.keys { state.waiting[id] = nil }
            return ready
        }
        for (_, waiter) in ready.sorted(by: { $0.key < $1.key }) { waiter.continuation.resume() }
    }

    private func waitForOffset(_ offset: Int64) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.follower.offset >= offset || Task.isCancelled { return true }
                    state.waiting[id] = Waiter(offset: offset, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    /// Longer than a timeout on the wire can be: the stream has no end.
    private static let noTimeout: Duration = .seconds(1 << 40)
}
