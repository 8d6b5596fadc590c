CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    message_id INTEGER REFERENCES messages (id),
    owner TEXT NOT NULL,
    token TEXT NOT NULL,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    is_inline INTEGER NOT NULL CHECK (is_inline IN (0, 1)),
    content_id TEXT NOT NULL,
    blob_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blocked_senders (
    id INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by_kind INTEGER NOT NULL,
    created_by_id INTEGER NOT NULL,
    created_by_service TEXT NOT NULL,
    removed_at INTEGER,
    removed_by_kind INTEGER,
    removed_by_id INTEGER,
    removed_by_service TEXT
) STRICT;

CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor_kind INTEGER NOT NULL CHECK (actor_kind BETWEEN 1 AND 5),
    actor_id INTEGER NOT NULL,
    actor_service TEXT NOT NULL,
    facts TEXT NOT NULL
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

CREATE TABLE imap_mails (
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
    epoch INTEGER NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    content_key TEXT NOT NULL,
    ticket_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    quarantined INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
    due INTEGER NOT NULL CHECK (due IN (0, 1)),
    at INTEGER NOT NULL, copied INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox_id, epoch, uid_validity, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE imap_places (
    mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    uid_validity INTEGER NOT NULL,
    last_uid INTEGER NOT NULL,
    phase INTEGER NOT NULL CHECK (phase BETWEEN 1 AND 4),
    error_code TEXT NOT NULL,
    error TEXT NOT NULL,
    failed_at INTEGER NOT NULL,
    polled_at INTEGER NOT NULL,
    fetched INTEGER NOT NULL,
    quarantined INTEGER NOT NULL
) STRICT;

CREATE TABLE imap_sources (
    mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    security INTEGER NOT NULL CHECK (security BETWEEN 1 AND 2),
    login TEXT NOT NULL,
    sign_in INTEGER NOT NULL CHECK (sign_in BETWEEN 1 AND 2),
    secret TEXT NOT NULL,
    secret_file TEXT NOT NULL,
    folder TEXT NOT NULL,
    after_fetch INTEGER NOT NULL CHECK (after_fetch BETWEEN 1 AND 4),
    move_to TEXT NOT NULL,
    poll_seconds INTEGER NOT NULL,
    paused INTEGER NOT NULL CHECK (paused IN (0, 1))
) STRICT;

CREATE TABLE imap_troubles (
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
    epoch INTEGER NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (mailbox_id, epoch, uid_validity, uid)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE mail_ids (
    mail_id TEXT NOT NULL,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (mail_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_sources (
    source_key TEXT PRIMARY KEY,
    ticket_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    quarantined INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mailboxes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE,
    team_id INTEGER NOT NULL,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1))
, cc_policy INTEGER NOT NULL DEFAULT 2 CHECK (cc_policy BETWEEN 1 AND 3), from_name TEXT NOT NULL DEFAULT '', color TEXT NOT NULL DEFAULT '', footer TEXT NOT NULL DEFAULT '', closed_at INTEGER NOT NULL DEFAULT 0, survey_after_minutes INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    visibility INTEGER NOT NULL CHECK (visibility IN (1, 2)),
    channel INTEGER NOT NULL CHECK (channel BETWEEN 1 AND 5),
    author_kind INTEGER NOT NULL CHECK (author_kind BETWEEN 1 AND 5),
    author_id INTEGER NOT NULL,
    author_service TEXT NOT NULL,
    text TEXT NOT NULL,
    new_text TEXT,
    html TEXT NOT NULL,
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    mail_id TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    source_hash TEXT,
    source_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
, wrappers TEXT NOT NULL DEFAULT '', remote_images INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE organization_domains (
    domain TEXT PRIMARY KEY,
    organization_id INTEGER NOT NULL REFERENCES organizations (id)
) STRICT, WITHOUT ROWID;

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

CREATE VIRTUAL TABLE requester_search USING fts5 (
    text, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE 'requester_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'requester_search_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'requester_search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'requester_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'requester_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

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

CREATE VIRTUAL TABLE search USING fts5 (
    subject, people, body, content = '', prefix = '3', tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE search_rows (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    internal INTEGER NOT NULL CHECK (internal IN (0, 1)),
    subject TEXT,
    people TEXT
) STRICT;

CREATE TABLE staff (
    user_id INTEGER PRIMARY KEY,
    role INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    email TEXT NOT NULL,
    revision INTEGER NOT NULL
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

CREATE TABLE suspended_mails (
    id INTEGER PRIMARY KEY,
    source_key TEXT NOT NULL UNIQUE,
    blocked_sender_id INTEGER NOT NULL REFERENCES blocked_senders (id),
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    recipient TEXT NOT NULL,
    source_hash TEXT NOT NULL,
    source_bytes INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket_fields (
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (ticket_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_merges (
    target_id INTEGER NOT NULL REFERENCES tickets (id),
    source_id INTEGER NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (target_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_participants (
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    email TEXT NOT NULL, requester_id INTEGER REFERENCES requesters (id), added_at INTEGER NOT NULL DEFAULT 0, added_by_kind INTEGER NOT NULL DEFAULT 1, added_by_id INTEGER NOT NULL DEFAULT 0, added_by_service TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (ticket_id, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_tags (
    tag TEXT NOT NULL,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (tag, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 6),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 4),
    type INTEGER NOT NULL CHECK (type BETWEEN 1 AND 4),
    channel INTEGER NOT NULL CHECK (channel BETWEEN 1 AND 5),
    requester_id INTEGER NOT NULL REFERENCES requesters (id),
    organization_id INTEGER REFERENCES organizations (id),
    team_id INTEGER NOT NULL,
    assignee_id INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    tags TEXT NOT NULL,
    language TEXT NOT NULL,
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
    reply_token TEXT NOT NULL UNIQUE CHECK (length(reply_token) = 32),
    follows_ticket_id INTEGER REFERENCES tickets (id),
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    quarantined INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
    version INTEGER NOT NULL,
    assignment_epoch INTEGER NOT NULL,
    message_count INTEGER NOT NULL,
    public_message_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    solved_at INTEGER
, merged_into_id INTEGER REFERENCES tickets (id), satisfaction INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE uploads (
    token TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    blob_hash TEXT,
    size_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attachments_blob ON attachments (blob_hash);

CREATE INDEX attachments_message ON attachments (message_id, id);

CREATE INDEX attachments_token ON attachments (token) WHERE token <> '';

CREATE INDEX attachments_unbound ON attachments (created_at) WHERE message_id IS NULL;

CREATE INDEX attachments_unused ON attachments (owner) WHERE message_id IS NULL;

CREATE UNIQUE INDEX blocked_senders_sender ON blocked_senders (sender) WHERE removed_at IS NULL;

CREATE INDEX history_ticket ON history (ticket_id, id);

CREATE INDEX idempotency_key_by_age ON idempotency_key (at_ms);

CREATE INDEX imap_mails_content ON imap_mails (mailbox_id, content_key);

CREATE INDEX imap_mails_due ON imap_mails (mailbox_id, uid) WHERE due = 1;

CREATE UNIQUE INDEX mailboxes_default ON mailboxes (is_default) WHERE is_default = 1;

CREATE INDEX messages_source ON messages (source_hash) WHERE source_hash IS NOT NULL;

CREATE INDEX messages_ticket ON messages (ticket_id, id);

CREATE INDEX organization_domains_organization ON organization_domains (organization_id);

CREATE INDEX requesters_organization ON requesters (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE UNIQUE INDEX search_rows_header ON search_rows (ticket_id) WHERE subject IS NOT NULL;

CREATE UNIQUE INDEX staff_email ON staff (email) WHERE email <> '';

CREATE INDEX staff_unknown ON staff (user_id) WHERE email = '' AND active = 1;

CREATE INDEX suspended_mails_at ON suspended_mails (at);

CREATE INDEX suspended_mails_source ON suspended_mails (source_hash);

CREATE INDEX tickets_assignee ON tickets (assignee_id, status, id);

CREATE INDEX tickets_created ON tickets (created_at, id);

CREATE INDEX tickets_organization ON tickets (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE INDEX tickets_priority ON tickets (priority, id);

CREATE INDEX tickets_requester ON tickets (requester_id, id);

CREATE INDEX tickets_status ON tickets (status, id);

CREATE INDEX tickets_team ON tickets (team_id, status, id);

CREATE INDEX tickets_updated ON tickets (updated_at, id);

CREATE INDEX uploads_blob ON uploads (blob_hash) WHERE blob_hash IS NOT NULL;

CREATE INDEX uploads_created ON uploads (created_at);

CREATE INDEX uploads_unended ON uploads (owner) WHERE blob_hash IS NULL;
