-- The store of notification as the first version of its schema left it: migration "0001 deliveries" and no later one, with a few rows.
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
-- cause: the journal entry that asked for it, as "service:offset"; with the kind it makes a delivery unique.
-- user_id: the agent it goes to; 0 when it goes to the requester.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    cause TEXT NOT NULL,
    ticket_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    detail TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    message_id_header TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    UNIQUE (kind, cause)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_attempt_at_ms, id) WHERE state = 1;
CREATE INDEX deliveries_by_ticket ON deliveries (ticket_id, id);
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_sent ON deliveries (recipient, kind, sent_at_ms) WHERE state = 2;
INSERT INTO store_migration VALUES ('store', 0, 'store-1', 1767603600000), ('service', 0, '0001 deliveries', 1767603600000);
INSERT INTO store_meta VALUES (1, 'notification', 1767603600000, 0, 0);
INSERT INTO store_counter VALUES ('delivery', 1);
INSERT INTO deliveries VALUES (
    1, 1, 'intake:7', 3, 4, 0, '', 'anna@bikes.example', 2, 1, 0, '', '<1.firstline@localhost>', 1767603600000, 1767603601000);
