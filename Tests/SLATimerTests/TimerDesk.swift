import FirstlineTesting
import Logging
import Model
import ServiceKit
import Store
import Wire

@testable import SLATimerServer

/// A store with the SLA timer's logic and calls on top, and a journal of Intake's that the test writes itself.
final class TimerDesk: Sendable {
    /// Monday 2 March 2026, nine o'clock: business hours have just begun.
    static let start = CalendarSamples.instant("2026-03-02T09:00:00Z")

    let clock = TestClock(TimerDesk.start)
    let folder: TestFolder
    let store: Store
    let timers = TimerService()

    init(folder: TestFolder? = nil) async throws {
        self.folder = try folder ?? TestFolder()
        store = try Store.open(
            StoreConfiguration(
                folder: self.folder.path + "/sla-timer", service: "sla-timer", migrations: Schema.migrations,
                database: TestDatabase.at(self.folder.path + "/sla-timer")),
            clock: clock)
        try await store.write("prepare") { [timers] in try timers.prepare($0) }
    }

    var handler: TimerHandler { TimerHandler(store: store, timers: timers, clock: clock) }

    let context = CallContext(method: "firstline.v1.SLATimer/Test", caller: Caller(role: .admin, userID: 1))

    /// One entry of Intake's journal, at so many hours after the start.
    static func entry(_ offset: Int64, at hours: Double, ticket: Int64, _ body: JournalEntry.Body) -> JournalEntry {
        JournalEntry(
            offset: offset, term: 1, atMilliseconds: start + Int64(hours * 3_600_000), ticketID: ticket, body: body)
    }

    /// Applies entries as the follower does: with the cursor, in one transaction.
    func follow(_ entries: [JournalEntry]) async throws {
        try await store.write("follow.intake") { [timers] transaction in
            try timers.apply(entries, transaction)
            if let last = entries.last {
                try transaction.advanceCursor(of: "intake", term: last.term, offset: last.offset)
            }
        }
    }

    func firing(catchUp: @escaping @Sendable () async throws -> Void = {}) -> FiringService {
        FiringService(store: store, timers: timers, clock: clock, catchUp: catchUp, logger: .init(label: "test"))
    }

    /// Sets the clock to so many hours after the start, and a little for what Intake may still be writing.
    func setClock(hours: Double) {
        clock.nowMilliseconds =
            Self.start + Int64(hours * 3_600_000) + FiringService.commitAllowanceMilliseconds
    }

    /// What was journaled so far, as "breached first_response".
    func told() async throws -> [String] {
        try await store.read { reader in
            try reader.entries(after: 0, limit: 10_000).map { try JournalEntry($0).told }
        }
    }
}

extension JournalEntry {
    /// As "breached first_response", for short expectations.
    var told: String {
        switch body {
        case .timerChanged(let timer): "\(timer.state.name) \(timer.metric.name)"
        case .timerWarned(let timer): "warned \(timer.metric.name)"
        case .timerBreached(let timer): "breached \(timer.metric.name)"
        default: "something else"
        }
    }
}

extension JournalEntry.Body {
    static func created(_ status: TicketStatus = .new, priority: Priority = .normal) -> Self {
        .ticketCreated(TicketCreated(channel: .email, status: status, priority: priority))
    }

    static func changed(_ field: String, _ value: String) -> Self {
        .ticketChanged(TicketChanged(changes: [FieldChange(field: field, newValue: value)]))
    }

    static func message(
        _ author: ActorKind, automatic: Bool = false, visibility: Visibility = .public, first: Bool = false
    )
        -> Self
    {
        .messageAdded(
            MessageAdded(
                messageID: 1, author: Actor(kind: author, id: 1), visibility: visibility, automatic: automatic,
                first: first))
    }
}
