import Model
import Store

extension Reader {
    /// What became of a mail of that folder.
    func outcome(of mail: FetchedMail) throws -> MailOutcome? {
        try row(
            """
            SELECT ticket_id, message_id, quarantined FROM imap_mails
            WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?
            """, mail.key
        ).map { try MailOutcome(repeated: $0) }
    }
}

extension Transaction {
    /// Opens a folder: what is known of it. Under another UIDVALIDITY than before, everything in it is looked at again.
    func enterFolder(_ life: FolderLife, revision: Int64) throws -> IMAPProgress {
        let place = try place(life.mailboxID, revision: revision)
        guard place.uidValidity == Int64(life.uidValidity) else {
            try resetFolder(mailboxID: life.mailboxID)
            try execute(
                "UPDATE imap_places SET uid_validity = ? WHERE mailbox_id = ?",
                [.integer(Int64(life.uidValidity)), .integer(life.mailboxID)])
            return IMAPProgress()
        }
        let due = try rows(
            """
            SELECT uid, copied FROM imap_mails
            WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND due = 1 ORDER BY uid LIMIT ?
            """, life.key + [.integer(Int64(IMAPLimits.mostTroubled))])
        return try IMAPProgress(
            lastUID: UInt32(clamping: place.lastUID),
            troubled: rows(
                """
                SELECT uid FROM imap_troubles WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ?
                ORDER BY failures, at, uid LIMIT ?
                """, life.key + [.integer(Int64(IMAPLimits.mostTroubled))]
            ).map { UInt32(clamping: try $0.int("uid")) },
            due: due.map { UInt32(clamping: try $0.int("uid")) },
            copied: Set(due.filter { try $0.bool("copied") }.map { UInt32(clamping: try $0.int("uid")) }))
    }

    /// Writes down that a mail is tried, and at first as if it had failed, so that one that ends the process counts.
    /// - Returns: how often it failed before.
    func attempt(_ mail: FetchedMail) throws -> Int {
        _ = try place(mail.life.mailboxID, revision: mail.revision)
        let failures = try row(
            "SELECT failures FROM imap_troubles WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?",
            mail.key)?.int("failures")
        try execute(
            """
            INSERT INTO imap_troubles (mailbox_id, epoch, uid_validity, uid, failures, reason, at) VALUES (?, ?, ?, ?, 1, '', ?)
            ON CONFLICT (mailbox_id, epoch, uid_validity, uid) DO UPDATE SET failures = imap_troubles.failures + 1
            """, mail.key + [.integer(nowMilliseconds)])
        return Int(failures ?? 0)
    }

    /// Takes an attempt back that came to nothing for reasons of our own. A mail that failed before stays known, for its UID is passed.
    func withdrawAttempt(_ mail: FetchedMail) throws {
        try execute(
            """
            UPDATE imap_troubles SET failures = failures - 1
            WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?
            """, mail.key)
        try execute(
            """
            DELETE FROM imap_troubles
            WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ? AND failures <= 0 AND reason = ''
            """, mail.key)
    }

    /// The mail failed: the next ones have their turn, and it is tried again. Whether the mail is to blame or its server is in trouble,
    /// only other mail tells: the failure counts where one came since the last that counted, or long after that.
    func noteFailure(_ mail: FetchedMail, reason: String) throws {
        _ = try place(mail.life.mailboxID, revision: mail.revision)
        let trouble = try row(
            "SELECT reason, at FROM imap_troubles WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?",
            mail.key)
        if let trouble {
            let (isFirst, last) = (try trouble.text("reason").isEmpty, try trouble.int("at"))
            let isLongAgo = nowMilliseconds - last >= IMAPLimits.failureMilliseconds
            let counts = try !isFirst && (isLongAgo || hasFetched(of: mail.life, after: last))
            try execute(
                """
                UPDATE imap_troubles SET reason = ?, failures = failures - ?, at = ?
                WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?
                """,
                [
                    .text(reason), .integer(counts ? 0 : 1),
                    .integer(counts || isFirst ? nowMilliseconds : last),
                ] + mail.key)
        }
        try pass(mail)
    }

    /// Whether the server gave any mail of the folder after that time; of a lost one nothing came, and it has no content.
    private func hasFetched(of life: FolderLife, after milliseconds: Int64) throws -> Bool {
        let found = try row(
            """
            SELECT count(*) AS n FROM (
                SELECT at FROM imap_mails
                WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND content_key <> ''
                ORDER BY uid DESC LIMIT ?
            ) AS latest WHERE at > ?
            """, life.key + [.integer(Int64(IMAPLimits.latest)), .integer(milliseconds)])
        return try found?.int("n") ?? 0 > 0
    }

    /// These mails are no longer in their folder.
    func forgetMails(_ uids: [UInt32], of life: FolderLife, revision: Int64) throws {
        _ = try place(life.mailboxID, revision: revision)
        for uid in uids {
            let mail = FetchedMail(life: life, uid: uid, revision: revision, isDue: false)
            try forgetTrouble(mail)
            try pass(mail)
        }
    }

    /// These stand in the folder to which they are moved, and are still to be taken away from their own.
    func markCopied(_ uids: [UInt32], of life: FolderLife) throws {
        for uid in uids {
            try execute(
                "UPDATE imap_mails SET copied = 1 WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?",
                life.key + [.integer(Int64(uid))])
        }
    }

    /// What was to be done on the server with these is done.
    func settleMails(_ uids: [UInt32], of life: FolderLife) throws {
        for uid in uids {
            try execute(
                "UPDATE imap_mails SET due = 0 WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?",
                life.key + [.integer(Int64(uid))])
        }
    }

    /// Finds a mail that was fetched in another life of its folder, by its content, and makes it this one: each serves once, so that two
    /// equal mails stay two.
    func adopt(_ mail: FetchedMail) throws -> MailOutcome? {
        guard !mail.contentHash.isEmpty else { return nil }
        let found = try row(
            """
            SELECT epoch, uid_validity, uid, ticket_id, message_id, quarantined FROM imap_mails
            WHERE mailbox_id = ? AND content_key = ? AND (epoch <> ? OR uid_validity <> ?)
            ORDER BY epoch, uid_validity, uid LIMIT 1
            """,
            [
                .integer(mail.life.mailboxID), .text(mail.contentHash), .integer(mail.life.epoch),
                .integer(Int64(mail.life.uidValidity)),
            ])
        guard let found else { return nil }
        try execute(
            "DELETE FROM imap_mails WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?",
            [
                .integer(mail.life.mailboxID), .integer(try found.int("epoch")),
                .integer(try found.int("uid_validity")), .integer(try found.int("uid")),
            ])
        let outcome = try MailOutcome(repeated: found)
        try remember(mail, outcome)
        return outcome
    }

    func remember(_ mail: FetchedMail, _ outcome: MailOutcome) throws {
        try execute(
            """
            INSERT INTO imap_mails (mailbox_id, epoch, uid_validity, uid, content_key, ticket_id, message_id, quarantined, due, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            mail.key + [
                .text(mail.contentHash), .integer(outcome.ticketID), .integer(outcome.messageID),
                .integer(outcome.isQuarantined ? 1 : 0), .integer(mail.isDue ? 1 : 0), .integer(nowMilliseconds),
            ])
        guard !outcome.isRepeated else { return }
        try execute(
            "UPDATE imap_places SET fetched = fetched + 1, quarantined = quarantined + ? WHERE mailbox_id = ?",
            [.integer(outcome.isQuarantined ? 1 : 0), .integer(mail.life.mailboxID)])
    }

    /// The mail is stored: it is no trouble any more, and never looked at again in this life.
    func finish(_ mail: FetchedMail) throws {
        try forgetTrouble(mail)
        try pass(mail)
    }

    /// Writes down how the fetching goes; a fault that is nil leaves the last one as it was.
    func recordFetching(
        _ mailboxID: Int64, revision: Int64, phase: FetchPhase, fault: IMAPFault?, hasLooked: Bool
    ) throws {
        _ = try place(mailboxID, revision: revision)
        try execute(
            "UPDATE imap_places SET phase = ? WHERE mailbox_id = ?",
            [.integer(Int64(phase.rawValue)), .integer(mailboxID)])
        if hasLooked {
            try execute(
                "UPDATE imap_places SET polled_at = ? WHERE mailbox_id = ?",
                [.integer(nowMilliseconds), .integer(mailboxID)])
        }
        guard let fault else { return }
        try execute(
            "UPDATE imap_places SET error_code = ?, error = ?, failed_at = ? WHERE mailbox_id = ?",
            [.text(fault.code.rawValue), .text(fault.message), .integer(nowMilliseconds), .integer(mailboxID)])
    }

    /// Where the fetching stands, if it still runs under these settings.
    func place(_ mailboxID: Int64, revision: Int64) throws -> (uidValidity: Int64, lastUID: Int64) {
        let place = try row(
            "SELECT uid_validity, last_uid FROM imap_places WHERE mailbox_id = ? AND revision = ?",
            [.integer(mailboxID), .integer(revision)])
        guard let place else { throw SupersededSettings() }
        return (try place.int("uid_validity"), try place.int("last_uid"))
    }

    private func pass(_ mail: FetchedMail) throws {
        try execute(
            "UPDATE imap_places SET last_uid = ?1 WHERE mailbox_id = ?2 AND last_uid < ?1",
            [.integer(Int64(mail.uid)), .integer(mail.life.mailboxID)])
    }

    private func forgetTrouble(_ mail: FetchedMail) throws {
        try execute(
            "DELETE FROM imap_troubles WHERE mailbox_id = ? AND epoch = ? AND uid_validity = ? AND uid = ?", mail.key)
    }
}

extension FolderLife {
    fileprivate var key: [Value] { [.integer(mailboxID), .integer(epoch), .integer(Int64(uidValidity))] }
}

extension FetchedMail {
    fileprivate var key: [Value] { life.key + [.integer(Int64(uid))] }
}

extension MailOutcome {
    fileprivate init(repeated row: Row) throws {
        self.init(
            ticketID: try row.int("ticket_id"), messageID: try row.int("message_id"),
            isQuarantined: try row.bool("quarantined"), isRepeated: true)
    }
}
