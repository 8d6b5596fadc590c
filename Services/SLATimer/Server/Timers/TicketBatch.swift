import Model
import Store

/// The tickets that one transaction is about, with their timers, and the rules: read together, once. What is saved here is in the store at
/// once, so that it holds as long as the transaction changes none of it in another way.
struct TicketBatch {
    let transaction: Transaction
    private let calendars: CalendarCache
    private var tickets: [Int64: TicketRow]
    private var timers: [Int64: [MetricTimer]]
    private var foundRules: PresentRules?

    init(_ ids: [Int64], _ transaction: Transaction, _ calendars: CalendarCache) throws {
        self.transaction = transaction
        self.calendars = calendars
        tickets = try transaction.tickets(ids)
        timers = try transaction.timers(of: ids)
    }

    func ticket(_ id: Int64) -> TicketRow? { tickets[id] }

    /// The current timers of a ticket, each metric once, in the metrics' order.
    func timers(of ticketID: Int64) -> [MetricTimer] { timers[ticketID] ?? [] }

    /// The rules, read when they are first asked for.
    mutating func rules() throws -> PresentRules {
        if let foundRules { return foundRules }
        let rules = try PresentRules(transaction, calendars)
        foundRules = rules
        return rules
    }

    mutating func save(_ ticket: TicketRow) throws {
        guard tickets[ticket.id] != ticket else { return }
        try transaction.save(ticket)
        tickets[ticket.id] = ticket
    }

    /// Saves a ticket's timers as they now stand.
    /// - Parameter retired: the ids of those that newer ones have replaced.
    mutating func save(_ changed: [MetricTimer], retired: [Int64], of ticketID: Int64) throws {
        let stored = timers(of: ticketID)
        for id in retired { try transaction.retireTimer(id) }
        let saved = try changed.map { timer in
            try transaction.save(timer, of: ticketID, replacing: stored.first { timer.id != 0 && $0.id == timer.id })
        }
        timers[ticketID] = saved.sorted { $0.metric.rawValue < $1.metric.rawValue }
    }
}
