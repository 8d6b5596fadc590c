import Model
import ServiceKit
import Store

extension Transaction {
    /// Applies an entry of the SLA timer's journal: warnings and breaches stand in the ticket's history.
    func applySLATimer(_ entry: JournalEntry) throws {
        switch entry.body {
        case .timerWarned(let warned): try write(.slaWarned, warned.metric, entry)
        case .timerBreached(let breached): try write(.slaBreached, breached.metric, entry)
        default: return
        }
    }

    private func write(_ kind: HistoryKind, _ metric: Metric, _ entry: JournalEntry) throws {
        guard try ticket(entry.ticketID) != nil else { return }
        try insertHistory(
            kind, ticketID: entry.ticketID, actor: Actor(kind: .service, name: "sla-timer"),
            [(name: "metric", value: metric.name)])
    }
}
