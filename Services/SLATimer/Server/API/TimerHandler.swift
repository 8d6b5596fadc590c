import Model
import ServiceKit
import Store
import Wire

/// Answers `firstline.v1.SLATimer`.
struct TimerHandler: SLATimerHandler {
    /// How long a question about a ticket waits for Intake's journal to tell of it.
    static let patience: Duration = .milliseconds(500)
    static let limitDeadlines = 200
    /// Batches of timers that a change of the rules sets anew before it answers; the rest follows right behind.
    static let limitBatchesPerChange = 20

    let store: Store
    let timers: TimerService
    let clock: any WallClock

    func getTicketTimers(
        _ request: GetTicketTimersRequest, _ context: CallContext
    ) async throws -> GetTicketTimersResponse {
        let id = request.ticketID
        guard let ticket = try await ticket(id) else { throw RPCError.notFound("ticket \(id)") }
        if try await store.read({ [timers] in try timers.isStale(ticket, $0) }) {
            try await store.write("timers.refreshTicket") { [timers] in try timers.refresh([id], $0) }
        }
        let now = clock.nowMilliseconds
        return try await store.read { [timers] reader in
            let found = try reader.timers(of: [id])[id] ?? []
            let told = try found.filter { $0.state != .cancelled }.map { timer in
                try answer(timer, now: now, reader, timers)
            }
            return GetTicketTimersResponse(ticketID: id, timers: told)
        }
    }

    func listDeadlines(_ request: ListDeadlinesRequest, _ context: CallContext) async throws -> ListDeadlinesResponse {
        let ids = request.ticketIDs
        guard ids.count <= Self.limitDeadlines else {
            throw RPCError.invalidField("ticket_ids", "must have at most \(Self.limitDeadlines) ids")
        }
        let found = try await store.read { try $0.timers(of: ids) }
        return ListDeadlinesResponse(deadlines: ids.compactMap { id in found[id].map { Deadlines(ticketID: id, $0) } })
    }

    /// Sets a bounded number of timers by the rules as they now stand.
    func refreshTimers() async throws {
        for _ in 0..<Self.limitBatchesPerChange {
            guard try await store.write("timers.refresh", { [timers] in try timers.refresh($0) }) else { return }
        }
    }

    /// The ticket as soon as it is known here, at most ``patience`` later; nil when it is not.
    private func ticket(_ id: Int64) async throws -> TicketRow? {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let head = await store.head
            if let ticket = try await store.read({ try $0.ticket(id) }) { return ticket }
            let left = deadline - ContinuousClock.now
            guard left > .zero, !Task.isCancelled else { return nil }
            await store.waitForHead(after: head.offset, timeout: left)
        }
    }
}

/// A timer as callers see it. Its explanation is by the calendar as it stood when its due time was found.
private func answer(_ timer: MetricTimer, now: Int64, _ reader: Reader, _ timers: TimerService) throws -> TicketTimer {
    let calendar = try reader.calendar(timer.calendarID, version: timer.calendarVersion).flatMap(timers.compiled)
    return TicketTimer(
        metric: timer.metric, state: timer.state, startedAtMilliseconds: timer.startedAtMilliseconds,
        dueAtMilliseconds: timer.dueAtMilliseconds,
        remainingMilliseconds: calendar.map { timer.remaining(at: now, $0) } ?? 0, policyID: timer.policyID,
        calendarID: timer.calendarID, explanation: calendar.map { timer.explanation(now: now, $0) } ?? [],
        endedAtMilliseconds: timer.endedAtMilliseconds,
        policyName: try reader.policyName(timer.policyID, version: timer.policyVersion), warned: timer.warned)
}

extension Deadlines {
    /// - Parameter timers: the current ones of the ticket.
    fileprivate init(ticketID: Int64, _ timers: [MetricTimer]) {
        self.init(ticketID: ticketID)
        for timer in timers {
            breached = breached || timer.state == .breached
            paused = paused || timer.state == .paused
            // What is no longer owed has no deadline.
            guard timer.isOwed else { continue }
            switch timer.metric {
            case .firstResponse: firstResponseDueAtMilliseconds = timer.dueAtMilliseconds
            case .nextResponse: nextResponseDueAtMilliseconds = timer.dueAtMilliseconds
            case .resolution: resolutionDueAtMilliseconds = timer.dueAtMilliseconds
            case .unspecified: break
            }
        }
    }
}
