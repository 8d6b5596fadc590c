import Model
import Store

extension Reader {
    func requester(_ id: Int64) throws -> Requester? {
        try row("SELECT * FROM requesters WHERE id = ?", [.integer(id)]).map(requester)
    }

    /// - Parameter email: lower case.
    func requester(email: String) throws -> Requester? {
        try row("SELECT * FROM requesters WHERE email = ?", [.text(email)]).map(requester)
    }

    func requester(externalID: String) throws -> Requester? {
        try row("SELECT * FROM requesters WHERE external_id = ?", [.text(externalID)]).map(requester)
    }

    /// In order of ids, after one.
    func requesters(organizationID: Int64, externalID: String, after: Int64, limit: Int) throws -> [Requester] {
        var conditions = ["id > ?"]
        var values: [Value] = [.integer(after)]
        if organizationID != 0 {
            conditions.append("organization_id = ?")
            values.append(.integer(organizationID))
        }
        if !externalID.isEmpty {
            conditions.append("external_id = ?")
            values.append(.text(externalID))
        }
        values.append(.integer(Int64(limit)))
        let condition = conditions.joined(separator: " AND ")
        return try rows("SELECT * FROM requesters WHERE \(condition) ORDER BY id LIMIT ?", values).map(requester)
    }

    /// Those whose name or address holds words that begin so, in order of ids, after one.
    /// - Parameter tokens: the words, folded.
    func requesters(
        matching tokens: [String], organizationID: Int64, externalID: String, after: Int64, limit: Int
    ) throws -> [Requester] {
        let index = dialect.searchIndex
        let expression = SearchExpression(syntax: index.syntax).requesters(tokens)
        return try rows(
            """
            SELECT requesters.* FROM requesters
            WHERE id IN (\(index.matchingRequesters)) AND id > ? AND (? = 0 OR organization_id = ?)
                AND (? = '' OR external_id = ?)
            ORDER BY id LIMIT ?
            """,
            [
                .text(expression), .integer(after), .integer(organizationID), .integer(organizationID),
                .text(externalID), .text(externalID), .integer(Int64(limit)),
            ]
        ).map(requester)
    }

    /// What making sure of a requester looks up.
    /// - Parameter email: normalised.
    func lookAhead(requester email: String) throws {
        _ = try requester(email: email)
        if let domain = MailboxAddress.domain(ofNormalized: email) { _ = try organizationID(domain: domain) }
    }

    private func requester(_ row: Row) throws -> Requester { try requesterColumns(row) }
}

/// A requester from the columns of `requesters`.
func requesterColumns(_ row: Row) throws -> Requester {
    Requester(
        id: try row.int("id"), email: try row.text("email"), name: try row.text("name"),
        organizationID: try row.intOrNil("organization_id") ?? 0, externalID: try row.textOrNil("external_id") ?? "",
        language: try row.text("language"), calendarID: try row.int("calendar_id"),
        createdAtMilliseconds: try row.int("created_at"), updatedAtMilliseconds: try row.int("updated_at"))
}

extension Transaction {
    /// Stores a new requester under a new id. The organization follows from the address unless one is named.
    func insertRequester(_ new: Requester) throws -> Requester {
        var requester = new
        requester.id = try nextID("requester")
        requester.createdAtMilliseconds = nowMilliseconds
        requester.updatedAtMilliseconds = nowMilliseconds
        if requester.organizationID == 0, let domain = MailboxAddress.domain(ofNormalized: requester.email) {
            requester.organizationID = try organizationID(domain: domain)
        }
        try execute(
            """
            INSERT INTO requesters
                (id, email, name, organization_id, external_id, language, calendar_id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(requester.id), .text(requester.email), .text(requester.name),
                reference(requester.organizationID),
                optional(requester.externalID), .text(requester.language), .integer(requester.calendarID),
                .integer(requester.createdAtMilliseconds), .integer(requester.updatedAtMilliseconds),
            ])
        try dialect.searchIndex.indexRequester(requester.id, text: requester.searchText, isNew: true, in: self)
        return requester
    }

    func updateRequester(_ requester: Requester) throws {
        try execute(
            """
            UPDATE requesters SET email = ?, name = ?, organization_id = ?, external_id = ?, language = ?, calendar_id = ?,
                updated_at = ?
            WHERE id = ?
            """,
            [
                .text(requester.email), .text(requester.name), reference(requester.organizationID),
                optional(requester.externalID), .text(requester.language), .integer(requester.calendarID),
                .integer(requester.updatedAtMilliseconds), .integer(requester.id),
            ])
        try dialect.searchIndex.indexRequester(requester.id, text: requester.searchText, isNew: false, in: self)
    }

    /// An id as a reference: NULL for 0.
    func reference(_ id: Int64) -> Value { id == 0 ? .null : .integer(id) }

    /// A text that may be absent: NULL for the empty one.
    func optional(_ text: String) -> Value { text.isEmpty ? .null : .text(text) }
}

extension Requester {
    /// Folded words of name and address.
    var searchText: String { SearchTokens("\(name) \(email)").joined(separator: " ") }
}
