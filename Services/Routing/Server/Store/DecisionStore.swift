import Model
import Store
import Wire

/// Decisions with their reasons, and the SQL that keeps them.
enum DecisionStore {
    static func add(_ decision: Decision, ticketID: Int64, proposalOffset: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO decisions (proposal_offset, ticket_id, outcome, body) VALUES (?, ?, ?, ?)",
            [.integer(proposalOffset), .integer(ticketID), .text(decision.outcome), .blob(try decision.serialized())])
    }

    static func settle(_ proposalOffset: Int64, outcome: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE decisions SET outcome = ? WHERE proposal_offset = ?", [.text(outcome), .integer(proposalOffset)])
    }

    /// Oldest first.
    static func all(of ticketID: Int64, limit: Int, in reader: Reader) throws -> [Decision] {
        try reader.rows(
            "SELECT outcome, body FROM decisions WHERE ticket_id = ? ORDER BY proposal_offset LIMIT ?",
            [.integer(ticketID), .integer(Int64(limit))]
        ).map { row in
            var decision = try Decision(serialized: try row.blob("body"))
            decision.outcome = try row.text("outcome")
            return decision
        }
    }
}
