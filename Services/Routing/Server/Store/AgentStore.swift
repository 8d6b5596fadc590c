import Model
import Store
import Wire

/// Agents as routing knows them, and the SQL that keeps them.
enum AgentStore {
    /// What an agent takes at once until somebody says otherwise.
    static let defaultCapacity: Int32 = 20

    /// Makes sure that an agent's row is there.
    static func ensure(_ id: Int64, role: Role, active: Bool, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO agents (id, role, active, tier, capacity, presence) VALUES (?, ?, ?, 1, ?, ?)
            ON CONFLICT (id) DO NOTHING
            """,
            [
                .integer(id), .integer(Int64(role.rawValue)), .integer(active ? 1 : 0),
                .integer(Int64(defaultCapacity)), .integer(Int64(Presence.offline.rawValue)),
            ])
    }

    static func update(_ agent: RoutingAgent, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE agents SET role = ?, active = ?, tier = ?, capacity = ?, presence = ? WHERE id = ?",
            [
                .integer(Int64(agent.role.rawValue)), .integer(agent.active ? 1 : 0), .integer(Int64(agent.tier)),
                .integer(Int64(agent.capacity)), .integer(Int64(agent.presence.rawValue)), .integer(agent.id),
            ])
    }

    static func setTeams(_ teamIDs: [Int64], of agentID: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM agent_teams WHERE agent_id = ?", [.integer(agentID)])
        for teamID in Set(teamIDs).sorted() {
            try transaction.execute(
                "INSERT INTO agent_teams (agent_id, team_id) VALUES (?, ?)", [.integer(agentID), .integer(teamID)])
        }
    }

    static func setSkills(_ skills: [String], of agentID: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM agent_skills WHERE agent_id = ?", [.integer(agentID)])
        for skill in Set(skills).sorted() {
            try transaction.execute(
                "INSERT INTO agent_skills (agent_id, skill) VALUES (?, ?)", [.integer(agentID), .text(skill)])
        }
    }

    static func find(_ id: Int64, in reader: Reader) throws -> RoutingAgent? {
        try reader.row(select + " WHERE agents.id = ?", [.integer(id)]).map { try agent($0, in: reader) }
    }

    /// In order of their ids, after one; of one team unless `teamID` is 0.
    static func list(after id: Int64, teamID: Int64, limit: Int, in reader: Reader) throws -> [RoutingAgent] {
        try reader.rows(
            select + """
                 WHERE agents.id > ?1
                AND (?2 = 0 OR EXISTS (SELECT 1 FROM agent_teams WHERE agent_id = agents.id AND team_id = ?2))
                ORDER BY agents.id LIMIT ?3
                """,
            [.integer(id), .integer(teamID), .integer(Int64(limit))]
        ).map { try agent($0, in: reader) }
    }

    /// Every agent as a decision sees them.
    static func states(in reader: Reader) throws -> [AgentState] {
        var teams: [Int64: [Int64]] = [:]
        for row in try reader.rows("SELECT agent_id, team_id FROM agent_teams ORDER BY agent_id, team_id") {
            teams[try row.int("agent_id"), default: []].append(try row.int("team_id"))
        }
        return try reader.rows(select + " ORDER BY agents.id").map { row in
            let id = try row.int("id")
            return AgentState(
                id: id, active: try row.bool("active"), presence: try presence(row), tier: Int32(try row.int("tier")),
                capacity: Int32(try row.int("capacity")), load: Int32(try row.int("load")), teamIDs: teams[id] ?? [],
                lastAssignment: try row.int("last_assignment"))
        }
    }

    /// Whether anybody online has room at all: the queue need not be looked at otherwise.
    static func anybodyHasRoom(in reader: Reader) throws -> Bool {
        try reader.row(
            """
            SELECT 1 AS found FROM agents WHERE active = 1 AND presence = ?
            AND capacity > (SELECT count(*) FROM tickets WHERE holder_id = agents.id AND holder_id <> 0) LIMIT 1
            """, [.integer(Int64(Presence.online.rawValue))]) != nil
    }

    static func noteAssignment(_ sequence: Int64, of agentID: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE agents SET last_assignment = ? WHERE id = ?", [.integer(sequence), .integer(agentID)])
    }

    private static let select = """
        SELECT agents.id, role, active, tier, capacity, presence, last_assignment,
        (SELECT count(*) FROM tickets WHERE holder_id = agents.id AND holder_id <> 0) AS load FROM agents
        """

    private static func agent(_ row: Row, in reader: Reader) throws -> RoutingAgent {
        let id = try row.int("id")
        return RoutingAgent(
            id: id, role: Role(rawValue: Int32(try row.int("role"))) ?? .unspecified, active: try row.bool("active"),
            teamIDs: try reader.rows(
                "SELECT team_id FROM agent_teams WHERE agent_id = ? ORDER BY team_id", [.integer(id)]
            ).map { try $0.int("team_id") },
            tier: Int32(try row.int("tier")),
            skills: try reader.rows(
                "SELECT skill FROM agent_skills WHERE agent_id = ? ORDER BY skill", [.integer(id)]
            ).map { try $0.text("skill") },
            capacity: Int32(try row.int("capacity")), presence: try presence(row), load: Int32(try row.int("load")))
    }

    private static func presence(_ row: Row) throws -> Presence {
        Presence(rawValue: Int32(try row.int("presence"))) ?? .offline
    }
}
