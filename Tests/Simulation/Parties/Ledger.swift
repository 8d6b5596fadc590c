import Model

/// What the outside was told, to be held against what is there.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Ledger: @unchecked Sendable {
    /// A mutating call by its key: what it asks for, and what came of it.
    struct Act {
        enum Effect { case ticket, message, edit, other }
        enum End { case open, answered, refused(String) }

        var effect: Effect
        /// The word that the effect would leave behind; each act has its own.
        var mark: String
        var ticketID: Int64 = 0
        var answer: [UInt8]?
        var end = End.open
        var place: Place?
        /// The ticket's version that an edit's answer told.
        var version: Int64 = 0
    }

    private(set) var acts: [Act] = []
    /// Tickets that somebody knows of, with their requester.
    private(set) var tickets: [(id: Int64, requesterID: Int64)] = []

    func begin(_ effect: Act.Effect, ticketID: Int64 = 0) -> Int {
        acts.append(Act(effect: effect, mark: "act-\(acts.count)", ticketID: ticketID))
        return acts.count - 1
    }

    subscript(_ act: Int) -> Act {
        get { acts[act] }
        set { acts[act] = newValue }
    }

    func learn(_ ticket: Ticket) {
        guard !tickets.contains(where: { $0.id == ticket.id }) else { return }
        tickets.append((ticket.id, ticket.requester?.id ?? 0))
    }
}
