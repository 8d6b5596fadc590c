import Model
import Store

@testable import RoutingServer

/// What must hold of Routing's store.
struct RoutingInvariants {
    private var capacities: [Int64: Int32] = [:]
    private var checkedIntake: Int64 = 0
    /// By which entries of Intake's decisions were made.
    private var caused: Set<Cause> = []

    private struct Cause: Hashable {
        let offset: Int64
        let ticketID: Int64
    }

    mutating func check(_ news: [JournalEntry], _ chronicle: Chronicle, _ reader: Reader) throws {
        let applied = chronicle.applied(by: "routing", of: "intake", since: checkedIntake)
        checkedIntake = chronicle.cursor(of: "routing", in: "intake")
        try checkDecisions(news, applied)
        try checkCapacity(news, applied, reader)
    }

    /// Each new ticket that nobody has leads to exactly one decision, in the transaction that reads of it.
    private mutating func checkDecisions(_ news: [JournalEntry], _ applied: ArraySlice<JournalEntry>) throws {
        for entry in news {
            guard case .assignmentProposed = entry.body, let cause = entry.cause, cause.service == "intake" else {
                continue
            }
            guard cause.offset <= checkedIntake else {
                throw Violated(
                    "one effect per entry",
                    "routing:\(entry.offset) answers intake:\(cause.offset), the cursor stands at \(checkedIntake)")
            }
            guard caused.insert(Cause(offset: cause.offset, ticketID: entry.ticketID)).inserted else {
                throw Violated(
                    "one effect per entry", "intake:\(cause.offset) led to two decisions on ticket \(entry.ticketID)")
            }
        }
        for entry in applied {
            guard case .ticketCreated(let created) = entry.body, created.assigneeID == 0 else { continue }
            guard caused.contains(Cause(offset: entry.offset, ticketID: entry.ticketID)) else {
                throw Violated("one effect per entry", "intake:\(entry.offset) led to no decision")
            }
        }
    }

    /// A decision gives nobody more than they can take. Tickets that were reopened, or given to somebody by a decision overtaken by
    /// another, come on top.
    private mutating func checkCapacity(
        _ news: [JournalEntry], _ applied: ArraySlice<JournalEntry>, _ reader: Reader
    ) throws {
        var chosen: Set<Int64> = []
        var allowed = capacities
        for entry in news {
            switch entry.body {
            case .assignmentProposed(let proposal) where proposal.assigneeID != 0: chosen.insert(proposal.assigneeID)
            case .agentChanged(let agent): allowed[agent.agentID] = max(allowed[agent.agentID] ?? 0, agent.capacity)
            default: break
            }
        }
        let agents = try AgentStore.list(after: 0, teamID: 0, limit: 100, in: reader)
        for agent in agents {
            capacities[agent.id] = agent.capacity
            guard chosen.contains(agent.id) else { continue }
            let most = max(allowed[agent.id] ?? 0, agent.capacity) + Int32(try returned(to: agent.id, applied, reader))
            guard agent.load <= most else {
                throw Violated("capacity is held", "agent \(agent.id) has \(agent.load) tickets and room for \(most)")
            }
        }
    }

    private func returned(to agentID: Int64, _ applied: ArraySlice<JournalEntry>, _ reader: Reader) throws -> Int {
        var tickets: Set<Int64> = []
        for entry in applied {
            guard case .ticketChanged(let changed) = entry.body else { continue }
            for change in changed.changes {
                if change.field == "status", change.oldValue == "solved" { tickets.insert(entry.ticketID) }
                if change.field == "assignee_id", change.newValue == String(agentID) { tickets.insert(entry.ticketID) }
            }
        }
        return try tickets.count { id in
            try reader.row("SELECT holder_id FROM tickets WHERE id = ?", [.integer(id)])?.int("holder_id") == agentID
        }
    }

    /// A proposal that nobody has answered.
    static func unrest(_ reader: Reader) throws -> String? {
        try reader.row("SELECT id FROM tickets WHERE proposed_id <> 0").map {
            "a proposal on ticket \(try $0.int("id")) is open"
        }
    }

    /// Routing's tickets are Intake's, and nobody waits whom somebody could take.
    func checkEnd(_ tickets: [Int64: TicketReplica], _ reader: Reader) throws {
        let agents = try AgentStore.states(in: reader)
        for (id, replica) in tickets.sorted(by: { $0.key < $1.key }) {
            guard let ticket = try RoutedTicketStore.find(id, in: reader), ticket.status.name == replica.status,
                ticket.epoch == replica.epoch, ticket.assigneeID == Int64(replica.assigneeID) ?? 0,
                ticket.teamID == Int64(replica.teamID) ?? 0
            else { throw Violated("followers come to the source's state", "ticket \(id) in routing") }
            guard ticket.wantsAgent else { continue }
            guard try RoutedTicketStore.queuePosition(of: id, in: reader) != 0 else {
                throw Violated("who wants somebody waits in the queue", "ticket \(id)")
            }
            let choice = Assignment.decide(ticket, among: agents).agentID
            guard choice == 0 else {
                throw Violated("nobody waits whom somebody could take", "ticket \(id), agent \(choice)")
            }
        }
    }
}
