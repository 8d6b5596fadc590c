import Store

/// The gateway's tables. Append-only: what stands here has run somewhere.
enum Schema {
    static let migrations = [
        Migration(
            "001-users",
            sqlite: """
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
                """),
        Migration(
            "002-events",
            sqlite: """
                CREATE TABLE events (
                    id INTEGER PRIMARY KEY,
                    kind TEXT NOT NULL,
                    ticket_id INTEGER NOT NULL,
                    requester_id INTEGER NOT NULL,
                    is_public INTEGER NOT NULL,
                    data TEXT NOT NULL
                ) STRICT;
                CREATE INDEX events_by_ticket ON events (ticket_id, id);
                CREATE INDEX events_by_requester ON events (requester_id, id) WHERE is_public = 1;
                CREATE TABLE ticket_requesters (
                    ticket_id INTEGER PRIMARY KEY,
                    requester_id INTEGER NOT NULL
                ) STRICT;
                """),
        Migration("003-signatures", sqlite: "ALTER TABLE users ADD COLUMN signature TEXT NOT NULL DEFAULT '';"),
    ]
}
