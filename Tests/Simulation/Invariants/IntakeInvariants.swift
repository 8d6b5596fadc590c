import Model
import Store

@testable import IntakeServer

/// What must hold of Intake's store.
struct IntakeInvariants {
    /// By id, as the journal tells them.
    private(set) var tickets: [Int64: TicketReplica] = [:]
    /// Status and assignee, as the history tells them.
    private var told: [Int64: [String: String]] = [:]
    /// Offsets in routing's journal that were answered.
    private var answered: Set<Int64> = []
    private var highestAnswered: Int64 = 0
    private var checkedProposals: Int64 = 0
    private var checkedTimers: Int64 = 0
    private var alerts = 0
    private var lastHistoryID: Int64 = 0
    private var lastMessageID: Int64 = 0
    /// What acts have left behind.
    private var marks: Set<String> = []

    mutating func check(_ news: [JournalEntry], _ chronicle: Chronicle, _ reader: Reader) throws {
        for entry in news { try take(entry, chronicle) }
        try readHistory(reader)
        try readMarks(reader)
        for id in Set(news.map(\.ticketID)).subtracting([0]) { try compare(id, reader) }
        try checkAnswers(chronicle)
        try checkAlerts(chronicle, reader)
    }

    private mutating func take(_ entry: JournalEntry, _ chronicle: Chronicle) throws {
        switch entry.body {
        case .ticketCreated(let created):
            guard tickets[entry.ticketID] == nil else {
                throw Violated("ids are given once", "ticket \(entry.ticketID)")
            }
            tickets[entry.ticketID] = TicketReplica(created, version: entry.version)
        case .ticketChanged(let changed):
            try answer(entry, chronicle)
            try tickets[entry.ticketID]?.apply(changed, entry)
        case .proposalRefused: try answer(entry, chronicle)
        case .messageAdded: tickets[entry.ticketID]?.messages += 1
        default: break
        }
    }

    /// A proposal is answered once, and takes effect only on the epoch that it was decided on.
    private mutating func answer(_ entry: JournalEntry, _ chronicle: Chronicle) throws {
        guard let cause = entry.cause, cause.service == "routing" else { return }
        guard case .assignmentProposed(let proposal) = chronicle.entry(cause)?.body else {
            throw Violated("effects have their cause", "intake:\(entry.offset) answers routing:\(cause.offset)")
        }
        guard answered.insert(cause.offset).inserted else {
            throw Violated(
                "one effect per entry", "routing:\(cause.offset) was answered again by intake:\(entry.offset)")
        }
        highestAnswered = max(highestAnswered, cause.offset)
        if case .ticketChanged = entry.body, proposal.epoch != tickets[entry.ticketID]?.epoch {
            throw Violated("a proposal on a stale epoch is refused", "routing:\(cause.offset), intake:\(entry.offset)")
        }
    }

    /// Cursor and effect are committed together.
    private mutating func checkAnswers(_ chronicle: Chronicle) throws {
        let cursor = chronicle.cursor(of: "intake", in: "routing")
        for entry in chronicle.applied(by: "intake", of: "routing", since: checkedProposals) {
            guard case .assignmentProposed = entry.body else { continue }
            guard answered.contains(entry.offset) else {
                throw Violated("one effect per entry", "routing:\(entry.offset) is passed and has none")
            }
        }
        checkedProposals = cursor
        guard highestAnswered <= cursor else {
            throw Violated(
                "one effect per entry", "routing:\(highestAnswered) has its effect, the cursor stands at \(cursor)")
        }
    }

    private mutating func checkAlerts(_ chronicle: Chronicle, _ reader: Reader) throws {
        let news = chronicle.applied(by: "intake", of: "sla-timer", since: checkedTimers)
        guard !news.isEmpty else { return }
        checkedTimers = chronicle.cursor(of: "intake", in: "sla-timer")
        alerts += news.count { entry in
            switch entry.body {
            case .timerWarned, .timerBreached: true
            default: false
            }
        }
        let found = try reader.row("SELECT count(*) AS n FROM history WHERE kind IN ('sla.warned', 'sla.breached')")
        guard try found?.int("n") == Int64(alerts) else {
            throw Violated(
                "one effect per entry", "\(alerts) warnings and breaches were read, the history has another number")
        }
    }

    private mutating func readHistory(_ reader: Reader) throws {
        let rows = try reader.rows(
            "SELECT id, ticket_id, kind, facts FROM history WHERE id > ? ORDER BY id", [.integer(lastHistoryID)])
        for row in rows {
            lastHistoryID = try row.int("id")
            let pairs = HistoryFacts.decoded(try row.text("facts")).map { ($0.name, $0.value) }
            let facts = Dictionary(pairs) { first, _ in first }
            let id = try row.int("ticket_id")
            switch try row.text("kind") {
            case "ticket.created": told[id] = ["status": "new", "assignee_id": ""]
            case "ticket.assigned": told[id]?["assignee_id"] = facts["assignee_id"]
            case "ticket.status_changed": try tell("status", facts, id)
            case "ticket.changed" where facts["field"] == "assignee_id": try tell("assignee_id", facts, id)
            case "ticket.changed" where facts["field"] == "custom_fields.mark": try mark(facts["new"] ?? "")
            default: break
            }
        }
    }

    private mutating func tell(_ field: String, _ facts: [String: String], _ id: Int64) throws {
        guard told[id]?[field] == facts["old"] else {
            throw Violated(
                "history replays to the state", "ticket \(id): \(field) was \(told[id]?[field] ?? "?"), then \(facts)")
        }
        told[id]?[field] = facts["new"]
    }

    private mutating func readMarks(_ reader: Reader) throws {
        let rows = try reader.rows(
            """
            SELECT m.id, m.text, t.subject, t.message_count, t.follows_ticket_id,
                (SELECT min(id) FROM messages WHERE ticket_id = t.id) AS first_id
            FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.id > ? ORDER BY m.id
            """, [.integer(lastMessageID)])
        for row in rows {
            lastMessageID = try row.int("id")
            let opens = try row.int("first_id") == lastMessageID && row.intOrNil("follows_ticket_id") == nil
            try mark(opens ? try row.text("subject") : try row.text("text"))
        }
    }

    private mutating func mark(_ mark: String) throws {
        guard marks.insert(mark).inserted else { throw Violated("one effect per key", "\(mark) was done twice") }
    }

    private func compare(_ id: Int64, _ reader: Reader) throws {
        guard let stored = try reader.ticket(id), let replica = tickets[id] else {
            throw Violated("history replays to the state", "ticket \(id) is not there")
        }
        let row = TicketReplica(stored.ticket)
        guard row == replica else {
            throw Violated("history replays to the state", "the journal says \(replica), the row \(row)")
        }
        guard told[id] == ["status": row.status, "assignee_id": row.assigneeID] else {
            throw Violated("history replays to the state", "the history says \(told[id] ?? [:]), the row \(row)")
        }
    }

    /// What was acknowledged is there, and what was refused is not.
    func checkEnd(_ ledger: Ledger, _ chronicle: Chronicle, _ reader: Reader) throws {
        var versions: Set<[Int64]> = []
        for act in ledger.acts where act.effect != .other {
            let isThere = marks.contains(act.mark)
            switch act.end {
            case .open: break
            case .answered:
                guard isThere else { throw Violated("what was acknowledged is kept", act.mark) }
                if act.effect == .edit, act.version != 0, !versions.insert([act.ticketID, act.version]).inserted {
                    throw Violated(
                        "people's edits raise the version, each by one", "\(act.mark) shares version \(act.version)")
                }
            case .refused(let why):
                guard !isThere else { throw Violated("what was refused was not done", "\(act.mark): \(why)") }
            }
            if let place = act.place {
                guard let entry = chronicle.entry(place), entry.ticketID == act.ticketID else {
                    throw Violated("what was acknowledged is kept", "\(act.mark) is not at \(place)")
                }
            }
        }
    }
}
