import Model
import Store

extension Reader {
    /// The mailboxes that are to be fetched, secrets included.
    func fetchedMailboxes() throws -> [FetchedMailbox] {
        try rows(
            """
            SELECT s.*, m.address, p.revision, p.epoch FROM imap_sources s
            JOIN mailboxes m ON m.id = s.mailbox_id JOIN imap_places p ON p.mailbox_id = s.mailbox_id
            WHERE s.paused = 0 ORDER BY s.mailbox_id
            """
        ).map { row in
            FetchedMailbox(
                id: try row.int("mailbox_id"), address: try row.text("address"), source: try imapSource(row),
                revision: try row.int("revision"), epoch: try row.int("epoch"))
        }
    }

    /// Where a mailbox's mail is fetched, secret included; nil for nowhere.
    func imapSource(mailboxID: Int64) throws -> IMAPSource? {
        try row("SELECT * FROM imap_sources WHERE mailbox_id = ?", [.integer(mailboxID)]).map(imapSource)
    }

    func imapSourceCount() throws -> Int64 {
        try row("SELECT count(*) AS n FROM imap_sources")?.int("n") ?? 0
    }

    /// The mailbox as it is told: with how the fetching of its mail goes; to administrators also from where, and in which words it failed,
    /// for those hold the names of servers and users. The secret is told to nobody.
    func told(_ mailbox: Mailbox, to caller: Caller) throws -> Mailbox {
        guard var source = try imapSource(mailboxID: mailbox.id) else { return mailbox }
        var told = mailbox
        told.imapState = try imapState(mailboxID: mailbox.id)
        guard caller.role == .admin else {
            told.imapState?.error = ""
            return told
        }
        source.secret = ""
        told.imap = source
        return told
    }

    private func imapState(mailboxID: Int64) throws -> IMAPState? {
        try row(
            """
            SELECT p.*, (SELECT count(*) FROM imap_troubles t
                WHERE t.mailbox_id = p.mailbox_id AND t.epoch = p.epoch AND t.uid_validity = p.uid_validity) AS troubled
            FROM imap_places p WHERE p.mailbox_id = ?
            """, [.integer(mailboxID)]
        ).map { row in
            IMAPState(
                phase: try known("phase", row, FetchPhase.init(rawValue:)), errorCode: try row.text("error_code"),
                error: try row.text("error"), failedAtMilliseconds: try row.int("failed_at"),
                polledAtMilliseconds: try row.int("polled_at"), fetched: try row.int("fetched"),
                quarantined: try row.int("quarantined"), troubled: try row.int("troubled"))
        }
    }

    private func imapSource(_ row: Row) throws -> IMAPSource {
        IMAPSource(
            host: try row.text("host"), port: Int32(try row.int("port")),
            security: try known("security", row, MailSecurity.init(rawValue:)), user: try row.text("login"),
            signIn: try known("sign_in", row, MailSignIn.init(rawValue:)), secret: try row.text("secret"),
            secretFile: try row.text("secret_file"), folder: try row.text("folder"),
            after: try known("after_fetch", row, AfterFetch.init(rawValue:)), moveTo: try row.text("move_to"),
            pollSeconds: Int32(try row.int("poll_seconds")), paused: try row.bool("paused"))
    }
}

extension Transaction {
    /// Enters or replaces where a mailbox's mail is fetched. Another account or folder begins a new life of it; what was fetched before is
    /// known by its content.
    func putIMAPSource(_ source: IMAPSource, mailboxID: Int64) throws {
        let old = try imapSource(mailboxID: mailboxID)
        let isSameFolder = old.map { $0.isSameFolder(as: source) } ?? false
        try execute("DELETE FROM imap_sources WHERE mailbox_id = ?", [.integer(mailboxID)])
        try execute(
            """
            INSERT INTO imap_sources (mailbox_id, host, port, security, login, sign_in, secret, secret_file, folder, after_fetch, move_to,
                poll_seconds, paused)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(mailboxID), .text(source.host), .integer(Int64(source.port)),
                .integer(Int64(source.security.rawValue)), .text(source.user), .integer(Int64(source.signIn.rawValue)),
                .text(source.secret), .text(source.secretFile), .text(source.folder),
                .integer(Int64(source.after.rawValue)), .text(source.moveTo), .integer(Int64(source.pollSeconds)),
                .integer(source.paused ? 1 : 0),
            ])
        let phase = source.paused ? FetchPhase.paused : .starting
        try execute(
            """
            INSERT INTO imap_places (mailbox_id, revision, epoch, uid_validity, last_uid, phase, error_code, error, failed_at, polled_at,
                fetched, quarantined)
            VALUES (?1, 1, 1, 0, 0, ?2, '', '', 0, 0, 0, 0)
            ON CONFLICT (mailbox_id) DO UPDATE SET revision = imap_places.revision + 1, epoch = imap_places.epoch + ?3, phase = ?2,
                error_code = '', error = '', failed_at = 0
            """,
            [.integer(mailboxID), .integer(Int64(phase.rawValue)), .integer(isSameFolder ? 0 : 1)])
        if !isSameFolder { try resetFolder(mailboxID: mailboxID) }
    }

    /// The mailbox's mail is fetched nowhere from now on. What was fetched stays known.
    func removeIMAPSource(mailboxID: Int64) throws {
        try execute("DELETE FROM imap_sources WHERE mailbox_id = ?", [.integer(mailboxID)])
        try execute(
            "UPDATE imap_places SET revision = revision + 1, epoch = epoch + 1 WHERE mailbox_id = ?",
            [.integer(mailboxID)])
        try resetFolder(mailboxID: mailboxID)
    }

    /// Forgets what made sense only in the folder's old life: the place, the failures, and what was to be done there.
    func resetFolder(mailboxID: Int64) throws {
        try execute(
            "UPDATE imap_places SET uid_validity = 0, last_uid = 0 WHERE mailbox_id = ?", [.integer(mailboxID)])
        try execute("DELETE FROM imap_troubles WHERE mailbox_id = ?", [.integer(mailboxID)])
        try execute("UPDATE imap_mails SET due = 0 WHERE mailbox_id = ? AND due = 1", [.integer(mailboxID)])
    }
}

extension IMAPSource {
    /// Whether UIDs of one mean the same in the other.
    func isSameFolder(as other: IMAPSource) -> Bool {
        isSameServer(as: other) && user == other.user && folder == other.folder
    }

    /// Whether a secret that was given for one may be sent to the other.
    func isSameServer(as other: IMAPSource) -> Bool {
        host == other.host && port == other.port && security == other.security
    }
}
