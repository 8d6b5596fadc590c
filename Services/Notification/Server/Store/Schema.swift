import Store

/// The definitions of Notification's store, append-only.
enum Schema {
    static let migrations = [
        Migration(
            "0001 deliveries",
            sqlite: """
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
                """),
        Migration(
            "0002 deliveries under way",
            sqlite: "CREATE INDEX deliveries_admitted ON deliveries (recipient, kind) WHERE state = 1;"),
        Migration(
            "0003 traces of deliveries",
            sqlite: "ALTER TABLE deliveries ADD COLUMN trace_parent TEXT NOT NULL DEFAULT '';"),
        Migration(
            "0004 queued, sending, deferred, bounced",
            sqlite: """
                -- What waited (1) is queued (5), or deferred (7) once it was tried; 6 is being sent, 8 came back.
                ALTER TABLE deliveries ADD COLUMN relay TEXT NOT NULL DEFAULT '';
                ALTER TABLE deliveries ADD COLUMN bounced_at_ms INTEGER NOT NULL DEFAULT 0;
                DROP INDEX deliveries_due;
                DROP INDEX deliveries_admitted;
                UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 5 ELSE 7 END WHERE state = 1;
                CREATE INDEX deliveries_due ON deliveries (next_attempt_at_ms, id) WHERE state IN (5, 7);
                CREATE INDEX deliveries_admitted ON deliveries (recipient, kind) WHERE state IN (5, 6, 7);
                """),
        Migration(
            "0005 templates",
            sqlite: """
                -- mailbox_id: whose tickets' mails it words; 0 for all. Changed originals keep the id that they have in the product.
                CREATE TABLE templates (
                    id INTEGER PRIMARY KEY,
                    kind INTEGER NOT NULL,
                    language TEXT NOT NULL,
                    mailbox_id INTEGER NOT NULL,
                    subject TEXT NOT NULL,
                    text TEXT NOT NULL,
                    html TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    updated_at_ms INTEGER NOT NULL,
                    UNIQUE (kind, language, mailbox_id)
                ) STRICT;
                """),
        Migration(
            "0006 copies to participants",
            sqlite: "ALTER TABLE deliveries ADD COLUMN participant_id INTEGER NOT NULL DEFAULT 0;"),
        Migration(
            "0007 early bounces and addresses that do not exist",
            sqlite: """
                -- early_bounce: what came back while it was being sent, as a status or "bounced"; empty for nothing.
                -- requester_id: to whom it goes; 0 for an agent, and until it is tried.
                ALTER TABLE deliveries ADD COLUMN early_bounce TEXT NOT NULL DEFAULT '';
                ALTER TABLE deliveries ADD COLUMN requester_id INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE suppressions (
                    id INTEGER PRIMARY KEY,
                    address TEXT NOT NULL UNIQUE,
                    status TEXT NOT NULL,
                    requester_id INTEGER NOT NULL,
                    delivery_id INTEGER NOT NULL,
                    ticket_id INTEGER NOT NULL,
                    at_ms INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX suppressions_of_requester ON suppressions (requester_id);
                """),
        Migration(
            "0008 surveys",
            sqlite: """
                -- id: the delivery's. agent_id: whose ticket it was. changes: how often it was answered.
                CREATE TABLE surveys (
                    id INTEGER PRIMARY KEY,
                    token TEXT NOT NULL UNIQUE,
                    ticket_id INTEGER NOT NULL,
                    requester_id INTEGER NOT NULL,
                    agent_id INTEGER NOT NULL,
                    language TEXT NOT NULL,
                    desk_name TEXT NOT NULL,
                    satisfaction INTEGER NOT NULL,
                    changes INTEGER NOT NULL,
                    asked_at_ms INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX surveys_of_ticket ON surveys (ticket_id);
                """),
        Migration(
            "0009 secrets of deliveries",
            sqlite: """
                -- bounce_tag: what tells a bounce of it from a bounce of another; empty where it was planned before.
                ALTER TABLE deliveries ADD COLUMN bounce_tag TEXT NOT NULL DEFAULT '';
                """),
    ]
}
