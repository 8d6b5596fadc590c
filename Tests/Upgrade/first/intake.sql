-- The store of intake as the first version of its schema left it: migration "1 people and mailboxes" and no later one, with a few rows.
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
CREATE TABLE organizations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    external_id TEXT UNIQUE,
    language TEXT NOT NULL,
    calendar_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE organization_domains (
    domain TEXT PRIMARY KEY,
    organization_id INTEGER NOT NULL REFERENCES organizations (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX organization_domains_organization ON organization_domains (organization_id);
CREATE TABLE requesters (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    organization_id INTEGER REFERENCES organizations (id),
    external_id TEXT UNIQUE,
    language TEXT NOT NULL,
    calendar_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX requesters_organization ON requesters (organization_id, id);
CREATE TABLE mailboxes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE,
    team_id INTEGER NOT NULL,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX mailboxes_default ON mailboxes (is_default) WHERE is_default = 1;
INSERT INTO store_migration VALUES ('store', 0, 'store-1', 1767603600000), ('service', 0, '1 people and mailboxes', 1767603600000);
INSERT INTO store_meta VALUES (1, 'intake', 1767603600000, 0, 0);
INSERT INTO store_counter VALUES ('mailbox', 1), ('organization', 2), ('requester', 2);
INSERT INTO organizations VALUES (1, 'Bikes Ltd', 'bikes ltd', NULL, 'en', 0, 1767603600000, 1767603600000);
INSERT INTO organizations VALUES (2, 'Ποδήλατα', 'ποδηλατα', 'crm-2', 'el', 0, 1767603600000, 1767603600000);
INSERT INTO organization_domains VALUES ('bikes.example', 1);
INSERT INTO requesters VALUES (1, 'anna@bikes.example', 'Anna', 1, NULL, 'en', 0, 1767603600000, 1767603600000);
INSERT INTO requesters VALUES (2, 'nikos@example.org', 'Νίκος', NULL, 'crm-7', 'el', 0, 1767603600000, 1767603600000);
INSERT INTO mailboxes VALUES (1, 'support', 'support@localhost', 0, 1);
