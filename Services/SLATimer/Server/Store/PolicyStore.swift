import Model
import Store
import Wire

extension Reader {
    func policy(_ id: Int64) throws -> SLAPolicy? {
        try row("SELECT body FROM policy WHERE id = ? AND is_current = 1", [.integer(id)])
            .map { try SLAPolicy(serialized: $0.blob("body")) }
    }

    /// All of them, in the order in which they count: there are few.
    func policies() throws -> [SLAPolicy] {
        try rows("SELECT body FROM policy WHERE is_current = 1 ORDER BY id")
            .map { try SLAPolicy(serialized: $0.blob("body")) }
            .sorted { $0.precedes($1) }
    }

    func policyCount() throws -> Int64 {
        try row("SELECT count(*) AS policies FROM policy WHERE is_current = 1")?.int("policies") ?? 0
    }

    /// The name that a policy had in that version; empty when there was none.
    func policyName(_ id: Int64, version: Int64) throws -> String {
        try row("SELECT name FROM policy WHERE id = ? AND version = ?", [.integer(id), .integer(version)])?.text("name")
            ?? ""
    }

    /// The present generation of calendars and policies; nil in an empty store.
    func generation() throws -> Int64? {
        try row("SELECT generation FROM rules WHERE only_row = 1")?.int("generation")
    }
}

extension Transaction {
    /// Stores a policy: a new one, or the next version of `old`. Answers it as stored.
    func save(_ policy: SLAPolicy, replacing old: SLAPolicy? = nil) throws -> SLAPolicy {
        var policy = policy
        policy.id = try old?.id ?? nextID("policy")
        policy.version = (old?.version ?? 0) + 1
        try removePolicy(policy.id)
        try execute(
            "INSERT INTO policy (id, version, is_current, name, calendar_id, body) VALUES (?, ?, 1, ?, ?, ?)",
            [
                .integer(policy.id), .integer(policy.version), .text(policy.name), .integer(policy.calendarID),
                .blob(policy.serialized()),
            ])
        return policy
    }

    func removePolicy(_ id: Int64) throws {
        try execute("UPDATE policy SET is_current = 0 WHERE id = ? AND is_current = 1", [.integer(id)])
    }

    /// Makes every timer stale that was set before.
    func raiseGeneration() throws {
        try execute(
            """
            INSERT INTO rules (only_row, generation) VALUES (1, 1)
            ON CONFLICT (only_row) DO UPDATE SET generation = rules.generation + 1
            """)
    }
}
