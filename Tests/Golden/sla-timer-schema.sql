CREATE TABLE calendar (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

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

CREATE TABLE journal_cursor (
    source TEXT PRIMARY KEY,
    term INTEGER NOT NULL,
    entry_offset INTEGER NOT NULL
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

CREATE TABLE pause (
    timer_id INTEGER NOT NULL REFERENCES timer (id),
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (timer_id, from_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    name TEXT NOT NULL,
    calendar_id INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE rules (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE store_blob (
    hash TEXT NOT NULL UNIQUE,
    content_id INTEGER PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    kept_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE store_blob_part (
    content_id INTEGER NOT NULL,
    entry_offset INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (content_id, entry_offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_counter (
    kind TEXT PRIMARY KEY,
    last_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE store_meta (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    service TEXT NOT NULL,
    term INTEGER NOT NULL,
    journal_head INTEGER NOT NULL,
    journal_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE store_migration (
    scope TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL,
    PRIMARY KEY (scope, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_upload (
    token TEXT PRIMARY KEY,
    content_id INTEGER NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    kept_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
    id INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    type INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    team_id INTEGER NOT NULL,
    assignee_id INTEGER NOT NULL,
    requester_id INTEGER NOT NULL,
    organization_id INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    tags TEXT NOT NULL,
    language TEXT NOT NULL,
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    -- Neither solved nor closed: its timers follow the rules.
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE timer (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    metric INTEGER NOT NULL,
    -- The newest of its metric.
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    state INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    warn_at_ms INTEGER NOT NULL,
    warned INTEGER NOT NULL CHECK (warned IN (0, 1)),
    policy_id INTEGER NOT NULL,
    policy_version INTEGER NOT NULL,
    calendar_id INTEGER NOT NULL,
    calendar_version INTEGER NOT NULL,
    target_ms INTEGER NOT NULL,
    -- When it must be looked at; NULL for never.
    next_at_ms INTEGER
, trace_parent TEXT NOT NULL DEFAULT '') STRICT;

CREATE UNIQUE INDEX calendar_current ON calendar (id) WHERE is_current = 1;

CREATE INDEX idempotency_key_by_age ON idempotency_key (at_ms);

CREATE INDEX policy_calendar ON policy (calendar_id) WHERE is_current = 1;

CREATE UNIQUE INDEX policy_current ON policy (id) WHERE is_current = 1;

CREATE INDEX ticket_stale ON ticket (generation, id) WHERE is_open = 1;

CREATE UNIQUE INDEX timer_current ON timer (ticket_id, metric) WHERE is_current = 1;

CREATE INDEX timer_next ON timer (next_at_ms) WHERE next_at_ms IS NOT NULL;
