import Model
import Store

extension Reader {
    func mailboxes() throws -> [Mailbox] {
        try rows("SELECT * FROM mailboxes ORDER BY id").map(mailbox)
    }

    func mailbox(_ id: Int64) throws -> Mailbox? {
        try row("SELECT * FROM mailboxes WHERE id = ?", [.integer(id)]).map(mailbox)
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
            ccPolicy: try known("cc_policy", row, CopyPolicy.init(rawValue:)))
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
            "INSERT INTO mailboxes (id, name, address, team_id, is_default, cc_policy) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(mailbox.id), .text(mailbox.name), .text(mailbox.address), .integer(mailbox.teamID),
                .integer(mailbox.isDefault ? 1 : 0), number(mailbox.ccPolicy),
            ])
        return mailbox
    }

    /// Its name, team and policy; an address stays.
    func updateMailbox(_ mailbox: Mailbox) throws {
        try execute(
            "UPDATE mailboxes SET name = ?, team_id = ?, cc_policy = ? WHERE id = ?",
            [.text(mailbox.name), .integer(mailbox.teamID), number(mailbox.ccPolicy), .integer(mailbox.id)])
    }

    /// Makes the default mailbox of an empty store.
    func ensureDefaultMailbox(address: String) throws {
        guard try defaultMailbox() == nil else { return }
        _ = try insertMailbox(Mailbox(name: "Support", address: address, isDefault: true))
    }
}
