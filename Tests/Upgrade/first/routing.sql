-- The store of routing as the first version of its schema left it: migration "0001 teams, agents, tickets, decisions" and no later one, with a few rows.
CREATE TABLE store_migration (
    scope TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL,
    PRIMARY KEY (scope, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE store_meta (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    service TEXT NOT NULL,
    term INTEGER NOT NULL,
    journal_head INTEGER NOT NULL,
    journal_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE store_counter (
    kind TEXT PRIMARY KEY,
    last_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_entry (
    entry_offset INTEGER PRIMARY KEY,
    term INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor BLOB NOT NULL,
    cause_service TEXT,
    cause_term INTEGER,
    cause_offset INTEGER,
    hops INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    trace_parent TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE journal_cursor (
    source TEXT PRIMARY KEY,
    term INTEGER NOT NULL,
    entry_offset INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_key (
    id INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    method TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    response BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (caller, method, idempotency_key)
) STRICT;
CREATE INDEX idempotency_key_by_age ON idempotency_key (at_ms);
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
INSERT INTO store_migration VALUES ('store', 0, 'store-1', 1767603600000), ('service', 0, '0001 teams, agents, tickets, decisions', 1767603600000);
INSERT INTO store_meta VALUES (1, 'routing', 1767603600000, 0, 0);
INSERT INTO store_counter VALUES ('team', 1);
INSERT INTO teams VALUES (1, 'Workshop', 1767603600000, 1767603600000);
INSERT INTO agents VALUES (2, 2, 1, 1, 20, 1, 0);
INSERT INTO agent_teams VALUES (2, 1);
