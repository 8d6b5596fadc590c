import Store

/// Intake's schema: append-only, literal SQL. `Tests/Golden/intake-schema.sql` holds what it comes to.
enum Schema {
    static let migrations = [
        Migration("1 people and mailboxes", sqlite: people),
        Migration("2 tickets and messages", sqlite: tickets),
        Migration("3 attachments and mail", sqlite: mail),
        Migration("4 search", sqlite: search, postgres: searchInPostgres),
        Migration("5 unused files", sqlite: unusedFiles),
        Migration("6 ids of search rows", sqlite: searchIDs),
        Migration("7 mail by imap", sqlite: imap),
        Migration("8 staff", sqlite: staff),
        Migration("9 merged tickets", sqlite: merges),
        Migration("10 blocked senders", sqlite: blockedSenders),
        Migration("11 participants", sqlite: participants),
        Migration("12 wrappers and remote images", sqlite: wrappers),
        Migration("13 brands and closed mailboxes", sqlite: brands),
        Migration("14 keys within a ticket", sqlite: "", postgres: keysInPostgres),
        Migration("15 indices of organizations alone", sqlite: organizationIndices),
    ]

    private static let people = """
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
        """

    private static let tickets = """
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
        ) STRICT;
        CREATE INDEX tickets_status ON tickets (status, id);
        CREATE INDEX tickets_assignee ON tickets (assignee_id, status, id);
        CREATE INDEX tickets_team ON tickets (team_id, status, id);
        CREATE INDEX tickets_requester ON tickets (requester_id, id);
        CREATE INDEX tickets_organization ON tickets (organization_id, id);
        CREATE INDEX tickets_priority ON tickets (priority, id);
        CREATE INDEX tickets_created ON tickets (created_at, id);
        CREATE INDEX tickets_updated ON tickets (updated_at, id);
        CREATE TABLE ticket_tags (
            tag TEXT NOT NULL,
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            PRIMARY KEY (tag, ticket_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ticket_fields (
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (ticket_id, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ticket_participants (
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            email TEXT NOT NULL,
            PRIMARY KEY (ticket_id, email)
        ) STRICT, WITHOUT ROWID;
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
        ) STRICT;
        CREATE INDEX messages_ticket ON messages (ticket_id, id);
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
        CREATE INDEX history_ticket ON history (ticket_id, id);
        """

    private static let mail = """
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
        CREATE INDEX attachments_message ON attachments (message_id, id);
        CREATE INDEX attachments_blob ON attachments (blob_hash);
        CREATE INDEX messages_source ON messages (source_hash) WHERE source_hash IS NOT NULL;
        CREATE INDEX attachments_token ON attachments (token) WHERE token <> '';
        CREATE INDEX attachments_unbound ON attachments (created_at) WHERE message_id IS NULL;
        CREATE TABLE uploads (
            token TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            blob_hash TEXT,
            size_bytes INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX uploads_created ON uploads (created_at);
        CREATE INDEX uploads_blob ON uploads (blob_hash) WHERE blob_hash IS NOT NULL;
        CREATE TABLE mail_sources (
            source_key TEXT PRIMARY KEY,
            ticket_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            quarantined INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mail_ids (
            mail_id TEXT NOT NULL,
            message_id INTEGER NOT NULL REFERENCES messages (id),
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            PRIMARY KEY (mail_id, message_id)
        ) STRICT, WITHOUT ROWID;
        """

    private static let search = """
        CREATE VIRTUAL TABLE search USING fts5 (
            subject, people, body, content = '', prefix = '3', tokenize = 'unicode61 remove_diacritics 0'
        );
        CREATE TABLE search_rows (
            id INTEGER PRIMARY KEY,
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            internal INTEGER NOT NULL CHECK (internal IN (0, 1)),
            subject TEXT,
            people TEXT
        ) STRICT;
        CREATE UNIQUE INDEX search_rows_header ON search_rows (ticket_id) WHERE subject IS NOT NULL;
        CREATE VIRTUAL TABLE requester_search USING fts5 (
            text, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0'
        );
        """

    private static let unusedFiles = """
        CREATE INDEX attachments_unused ON attachments (owner) WHERE message_id IS NULL;
        CREATE INDEX uploads_unended ON uploads (owner) WHERE blob_hash IS NULL;
        """

    /// Where mail is fetched, how far, what came of each mail, and which mails fail. A mail belongs to a life of its folder: the account
    /// (`epoch` counts them) and its UIDVALIDITY.
    private static let imap = """
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
            at INTEGER NOT NULL,
            PRIMARY KEY (mailbox_id, epoch, uid_validity, uid)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX imap_mails_content ON imap_mails (mailbox_id, content_key);
        CREATE INDEX imap_mails_due ON imap_mails (mailbox_id, uid) WHERE due = 1;
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
        """

    /// Whose mail acts as an agent's. An address is empty until the gateway has told it (`revision`: the entry since which it is asked for).
    private static let staff = """
        CREATE TABLE staff (
            user_id INTEGER PRIMARY KEY,
            role INTEGER NOT NULL,
            active INTEGER NOT NULL CHECK (active IN (0, 1)),
            email TEXT NOT NULL,
            revision INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX staff_email ON staff (email) WHERE email <> '';
        CREATE INDEX staff_unknown ON staff (user_id) WHERE email = '' AND active = 1;
        """

    /// A merged ticket stands once for each ticket that shows it, over however many others.
    private static let merges = """
        ALTER TABLE tickets ADD COLUMN merged_into_id INTEGER REFERENCES tickets (id);
        CREATE TABLE ticket_merges (
            target_id INTEGER NOT NULL REFERENCES tickets (id),
            source_id INTEGER NOT NULL REFERENCES tickets (id),
            PRIMARY KEY (target_id, source_id)
        ) STRICT, WITHOUT ROWID;
        """

    /// A block that was taken off stays as a row, with who did so.
    private static let blockedSenders = """
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
        CREATE UNIQUE INDEX blocked_senders_sender ON blocked_senders (sender) WHERE removed_at IS NULL;
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
        CREATE INDEX suspended_mails_at ON suspended_mails (at);
        CREATE INDEX suspended_mails_source ON suspended_mails (source_hash);
        """

    /// Whoever is a requester here gets copies of public replies; the others may answer alone, as all could before.
    private static let participants = """
        ALTER TABLE mailboxes ADD COLUMN cc_policy INTEGER NOT NULL DEFAULT 2 CHECK (cc_policy BETWEEN 1 AND 3);
        ALTER TABLE ticket_participants ADD COLUMN requester_id INTEGER REFERENCES requesters (id);
        ALTER TABLE ticket_participants ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket_participants ADD COLUMN added_by_kind INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket_participants ADD COLUMN added_by_id INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket_participants ADD COLUMN added_by_service TEXT NOT NULL DEFAULT '';
        """

    /// What a mail came in, words with blanks between them, and whether its HTML names images that lie elsewhere.
    private static let wrappers = """
        ALTER TABLE messages ADD COLUMN wrappers TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN remote_images INTEGER NOT NULL DEFAULT 0;
        """

    /// A closed mailbox keeps its tickets and its name; its address is no longer one. `copied`: a mail that is to be moved stands in the other
    /// folder already.
    private static let brands = """
        ALTER TABLE mailboxes ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE mailboxes ADD COLUMN color TEXT NOT NULL DEFAULT '';
        ALTER TABLE mailboxes ADD COLUMN footer TEXT NOT NULL DEFAULT '';
        ALTER TABLE mailboxes ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE mailboxes ADD COLUMN survey_after_minutes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tickets ADD COLUMN satisfaction INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE imap_mails ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
        """

    /// Most requesters have no organization, and nobody looks for those: their entries cost each mail two pages of the log.
    private static let organizationIndices = """
        DROP INDEX requesters_organization;
        DROP INDEX tickets_organization;
        CREATE INDEX requesters_organization ON requesters (organization_id, id) WHERE organization_id IS NOT NULL;
        CREATE INDEX tickets_organization ON tickets (organization_id, id) WHERE organization_id IS NOT NULL;
        """

    private static let searchInPostgres = """
        CREATE TABLE search_rows (
            id BIGINT PRIMARY KEY,
            ticket_id BIGINT NOT NULL REFERENCES tickets (id),
            internal BIGINT NOT NULL CHECK (internal IN (0, 1)),
            subject TEXT COLLATE "C",
            people TEXT COLLATE "C",
            vector TSVECTOR NOT NULL
        );
        CREATE UNIQUE INDEX search_rows_header ON search_rows (ticket_id) WHERE subject IS NOT NULL;
        CREATE INDEX search_rows_vector ON search_rows USING gin (vector);
        CREATE TABLE requester_search (
            id BIGINT PRIMARY KEY,
            vector TSVECTOR NOT NULL
        );
        CREATE INDEX requester_search_vector ON requester_search USING gin (vector);
        """

    /// The keys of what hangs on a ticket or a message go, on PostgreSQL alone. There each row's check is a statement of its own, a third of
    /// what a ticket cost the server. It found nothing: the one writer writes such a row in the transaction in which it made the parent or
    /// has just read it, tickets and messages are never deleted, and the same statements run over SQLite, which checks them all; `firstline
    /// doctor --deep` looks for what a hand has left. Keys between things that come and go by themselves stay: requesters, organizations,
    /// mailboxes, blocked senders, and tickets among each other.
    private static let keysInPostgres = """
        ALTER TABLE ticket_tags DROP CONSTRAINT ticket_tags_ticket_id_fkey;
        ALTER TABLE ticket_fields DROP CONSTRAINT ticket_fields_ticket_id_fkey;
        ALTER TABLE ticket_participants DROP CONSTRAINT ticket_participants_ticket_id_fkey;
        ALTER TABLE messages DROP CONSTRAINT messages_ticket_id_fkey;
        ALTER TABLE history DROP CONSTRAINT history_ticket_id_fkey;
        ALTER TABLE attachments DROP CONSTRAINT attachments_message_id_fkey;
        ALTER TABLE mail_ids DROP CONSTRAINT mail_ids_message_id_fkey;
        ALTER TABLE mail_ids DROP CONSTRAINT mail_ids_ticket_id_fkey;
        ALTER TABLE search_rows DROP CONSTRAINT search_rows_ticket_id_fkey;
        """

    /// They come from the counters now; before, SQLite gave them.
    private static let searchIDs = """
        INSERT INTO store_counter (kind, last_id) SELECT 'search', max(id) FROM search_rows HAVING max(id) IS NOT NULL;
        """
}
