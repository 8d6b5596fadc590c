import Store

/// The definitions of Routing's store, append-only.
enum Schema {
    static let migrations = [
        Migration(
            "0001 teams, agents, tickets, decisions",
            sqlite: """
                CREATE TABLE teams (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    created_at_ms INTEGER NOT NULL,
                    updated_at_ms INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE agents (
                    id INTEGER PRIMARY KEY,
                    role INTEGER NOT NULL,
                    active INTEGER NOT NULL,
                    tier INTEGER NOT NULL,
                    capacity INTEGER NOT NULL,
                    presence INTEGER NOT NULL,
                    last_assignment INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE TABLE agent_teams (
                    agent_id INTEGER NOT NULL REFERENCES agents (id),
                    team_id INTEGER NOT NULL REFERENCES teams (id),
                    PRIMARY KEY (agent_id, team_id)
                ) STRICT;
                CREATE INDEX agent_teams_by_team ON agent_teams (team_id, agent_id);
                CREATE TABLE agent_skills (
                    agent_id INTEGER NOT NULL REFERENCES agents (id),
                    skill TEXT NOT NULL,
                    PRIMARY KEY (agent_id, skill)
                ) STRICT;
                -- holder_id: whose load it is, by assignment or by a proposal under way; 0 for nobody's.
                -- queued_at_ms: 0 when it does not wait.
                CREATE TABLE tickets (
                    id INTEGER PRIMARY KEY,
                    status INTEGER NOT NULL,
                    team_id INTEGER NOT NULL,
                    assignee_id INTEGER NOT NULL,
                    tier INTEGER NOT NULL,
                    epoch INTEGER NOT NULL,
                    proposed_id INTEGER NOT NULL DEFAULT 0,
                    proposal_offset INTEGER NOT NULL DEFAULT 0,
                    holder_id INTEGER NOT NULL DEFAULT 0,
                    queued_at_ms INTEGER NOT NULL DEFAULT 0,
                    queue_reason TEXT NOT NULL DEFAULT ''
                ) STRICT;
                CREATE INDEX tickets_by_holder ON tickets (holder_id) WHERE holder_id <> 0;
                CREATE INDEX tickets_queued ON tickets (queued_at_ms, id) WHERE queued_at_ms <> 0;
                CREATE INDEX tickets_queued_by_team ON tickets (team_id, queued_at_ms, id) WHERE queued_at_ms <> 0;
                CREATE TABLE decisions (
                    proposal_offset INTEGER PRIMARY KEY,
                    ticket_id INTEGER NOT NULL,
                    outcome TEXT NOT NULL,
                    body BLOB NOT NULL
                ) STRICT;
                CREATE INDEX decisions_by_ticket ON decisions (ticket_id, proposal_offset);
                """)
    ]
}
