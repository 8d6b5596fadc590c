import Model
import Store

/// The templates that were entered or changed, and the SQL that keeps them. What is not here stands as the product brought it.
enum TemplateStore {
    /// The template for a mail: the mailbox's own, else the changed original, else the original.
    static func best(
        _ kind: DeliveryKind, _ language: MailText.Language, mailboxID: Int64, in reader: Reader
    ) throws -> MailTemplate {
        let row = try reader.row(
            select + " WHERE kind = ? AND language = ? AND mailbox_id IN (0, ?) ORDER BY mailbox_id DESC LIMIT 1",
            [.integer(Int64(kind.rawValue)), .text(language.rawValue), .integer(mailboxID)])
        return try row.map(template) ?? OriginalTemplates.template(kind, language)
    }

    static func find(_ id: Int64, in reader: Reader) throws -> MailTemplate? {
        try reader.row(select + " WHERE id = ?", [.integer(id)]).map(template) ?? OriginalTemplates.find(id)
    }

    /// Those above an id, the originals that were not changed among them, by id; of one kind, language and mailbox unless they are
    /// unspecified, empty and 0.
    static func list(
        above id: Int64, kind: DeliveryKind, language: String, mailboxID: Int64, limit: Int, in reader: Reader
    ) throws -> [MailTemplate] {
        var conditions = ["id > ?"]
        var values: [Value] = [.integer(id)]
        if kind != .unspecified {
            conditions.append("kind = ?")
            values.append(.integer(Int64(kind.rawValue)))
        }
        if !language.isEmpty {
            conditions.append("language = ?")
            values.append(.text(language))
        }
        if mailboxID != 0 {
            conditions.append("mailbox_id = ?")
            values.append(.integer(mailboxID))
        }
        values.append(.integer(Int64(limit)))
        let kept = try reader.rows(
            select + " WHERE " + conditions.joined(separator: " AND ") + " ORDER BY id LIMIT ?", values
        ).map(template)
        let changed = try changedOriginals(in: reader)
        let originals = OriginalTemplates.all.filter { original in
            original.id > id && !changed.contains(original.id) && mailboxID == 0
                && (kind == .unspecified || original.kind == kind)
                && (language.isEmpty || original.language == language)
        }
        return Array((originals + kept).sorted { $0.id < $1.id }.prefix(limit))
    }

    private static func changedOriginals(in reader: Reader) throws -> Set<Int64> {
        Set(
            try reader.rows("SELECT id FROM templates WHERE id <= ?", [.integer(OriginalTemplates.lastID)])
                .map { try $0.int("id") })
    }

    /// How many templates mailboxes have of their own.
    static func countOwn(in reader: Reader) throws -> Int {
        try Int(reader.row("SELECT count(*) AS own FROM templates WHERE mailbox_id <> 0")?.int("own") ?? 0)
    }

    /// Whether a mailbox has one of that kind and language.
    static func exists(like template: MailTemplate, in reader: Reader) throws -> Bool {
        try reader.row(
            "SELECT id FROM templates WHERE kind = ? AND language = ? AND mailbox_id = ?",
            [
                .integer(Int64(template.kind.rawValue)), .text(template.language), .integer(template.mailboxID),
            ]) != nil
    }

    /// Enters a template, or replaces the words of one.
    static func save(_ template: MailTemplate, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO templates (id, kind, language, mailbox_id, subject, text, html, version, updated_at_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, text = excluded.text, html = excluded.html,
                version = excluded.version, updated_at_ms = excluded.updated_at_ms
            """,
            [
                .integer(template.id), .integer(Int64(template.kind.rawValue)), .text(template.language),
                .integer(template.mailboxID), .text(template.subject), .text(template.text), .text(template.html),
                .integer(template.version), .integer(template.updatedAtMilliseconds),
            ])
    }

    static func remove(_ id: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM templates WHERE id = ?", [.integer(id)])
    }

    private static let select = """
        SELECT id, kind, language, mailbox_id, subject, text, html, version, updated_at_ms FROM templates
        """

    private static func template(_ row: Row) throws -> MailTemplate {
        MailTemplate(
            id: try row.int("id"), kind: DeliveryKind(rawValue: Int32(try row.int("kind"))) ?? .unspecified,
            language: try row.text("language"), mailboxID: try row.int("mailbox_id"),
            subject: try row.text("subject"), text: try row.text("text"), html: try row.text("html"),
            isOriginal: false, version: try row.int("version"), updatedAtMilliseconds: try row.int("updated_at_ms"))
    }
}
