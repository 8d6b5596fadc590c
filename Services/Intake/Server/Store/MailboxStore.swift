import Model
import Store

extension Reader {
    /// Those that take mail.
    func mailboxes() throws -> [Mailbox] {
        try rows("SELECT * FROM mailboxes WHERE closed_at = 0 ORDER BY id").map(mailbox)
    }

    /// Nil for a closed one too.
    func mailbox(_ id: Int64) throws -> Mailbox? {
        try row("SELECT * FROM mailboxes WHERE id = ? AND closed_at = 0", [.integer(id)]).map(mailbox)
    }

    /// In whose name a ticket is answered: a closed mailbox's, from the address of the default one.
    func mailbox(ofTicketIn id: Int64) throws -> Mailbox? {
        guard let row = try row("SELECT * FROM mailboxes WHERE id = ?", [.integer(id)]) else { return nil }
        var mailbox = try mailbox(row)
        if try row.int("closed_at") != 0 { mailbox.address = try defaultMailbox()?.address ?? "" }
        return mailbox
    }

    func mailbox(address: String) throws -> Mailbox? {
        try row("SELECT * FROM mailboxes WHERE address = ?", [.text(address)]).map(mailbox)
    }

    func defaultMailbox() throws -> Mailbox? {
        try row("SELECT * FROM mailboxes WHERE is_default = 1").map(mailbox)
    }

    private func mailbox(_ row: Row) throws -> Mailbox {
        Mailbox(
            id: try row.int("id"), name: try row.text("name"), address: try row.text("address"),
            teamID: try row.int("team_id"), isDefault: try row.bool("is_default"),
            ccPolicy: try known("cc_policy", row, CopyPolicy.init(rawValue:)),
            fromName: try row.text("from_name"), color: try row.text("color"), footer: try row.text("footer"),
            surveyAfterMinutes: Int32(try row.int("survey_after_minutes")))
    }
}

extension Transaction {
    /// Stores a new mailbox. A new default takes the place of the old one.
    func insertMailbox(_ new: Mailbox) throws -> Mailbox {
        var mailbox = new
        mailbox.id = try nextID("mailbox")
        if mailbox.ccPolicy == .unspecified { mailbox.ccPolicy = .known }
        if mailbox.isDefault { try execute("UPDATE mailboxes SET is_default = 0 WHERE is_default = 1") }
        try execute(
            """
            INSERT INTO mailboxes (id, name, address, team_id, is_default, cc_policy, from_name, color, footer, survey_after_minutes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(mailbox.id), .text(mailbox.name), .text(mailbox.address), .integer(mailbox.teamID),
                .integer(mailbox.isDefault ? 1 : 0), number(mailbox.ccPolicy), .text(mailbox.fromName),
                .text(mailbox.color), .text(mailbox.footer), .integer(Int64(mailbox.surveyAfterMinutes)),
            ])
        return mailbox
    }

    /// Its name, team, policy and brand; an address stays.
    func updateMailbox(_ mailbox: Mailbox) throws {
        try execute(
            """
            UPDATE mailboxes
            SET name = ?, team_id = ?, cc_policy = ?, from_name = ?, color = ?, footer = ?, survey_after_minutes = ?
            WHERE id = ?
            """,
            [
                .text(mailbox.name), .integer(mailbox.teamID), number(mailbox.ccPolicy), .text(mailbox.fromName),
                .text(mailbox.color), .text(mailbox.footer), .integer(Int64(mailbox.surveyAfterMinutes)),
                .integer(mailbox.id),
            ])
    }

    /// From now on it takes no mail, and its address may be another's. What stands in its place has no at sign, so it is nobody's address.
    func closeMailbox(_ id: Int64) throws {
        try execute(
            "UPDATE mailboxes SET address = ?, closed_at = ? WHERE id = ?",
            [.text("closed-\(id)"), .integer(nowMilliseconds), .integer(id)])
    }

    /// Makes the default mailbox of an empty store.
    func ensureDefaultMailbox(address: String) throws {
        guard try defaultMailbox() == nil else { return }
        _ = try insertMailbox(Mailbox(name: "Support", address: address, isDefault: true))
    }
}
