-- The store of gateway as the first version of its schema left it: migration "001-users" and no later one, with a few rows.
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
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role INTEGER NOT NULL,
    active INTEGER NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role INTEGER NOT NULL,
    user_id INTEGER REFERENCES users (id),
    requester_id INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT;
CREATE TABLE sign_in_links (
    hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
INSERT INTO store_migration VALUES ('store', 0, 'store-1', 1767603600000), ('service', 0, '001-users', 1767603600000);
INSERT INTO store_meta VALUES (1, 'gateway', 1767603600000, 0, 0);
INSERT INTO store_counter VALUES ('user', 2), ('token', 1);
INSERT INTO users VALUES (1, 'Administrator', 'admin@localhost', 4, 1, 'en', 1767603600000, 1767603600000);
INSERT INTO users VALUES (2, 'Maria Kowalska', 'maria@firstline.example', 2, 1, 'pl', 1767603600000, 1767603600000);
INSERT INTO tokens VALUES (1, x'0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 'old', 4, 1, 0, '', 1767603600000, 0, 0);
