import Model
import Store

extension Reader {
    func organization(_ id: Int64) throws -> Organization? {
        try row("SELECT * FROM organizations WHERE id = ?", [.integer(id)]).map(organization)
    }

    /// In order of ids, after one; `query` is part of the name.
    func organizations(query: String, externalID: String, after: Int64, limit: Int) throws -> [Organization] {
        try rows(
            """
            SELECT * FROM organizations
            WHERE id > ?1 AND (?2 = '' OR replace(folded_name, ?2, '') <> folded_name) AND (?3 = '' OR external_id = ?3)
            ORDER BY id LIMIT ?4
            """,
            [.integer(after), .text(TextFolding.folded(query)), .text(externalID), .integer(Int64(limit))]
        ).map(organization)
    }

    func organizationID(externalID: String) throws -> Int64? {
        try row("SELECT id FROM organizations WHERE external_id = ?", [.text(externalID)])?.int("id")
    }

    /// To which organization addresses of that domain belong; 0 for none.
    func organizationID(domain: String) throws -> Int64 {
        try row("SELECT organization_id FROM organization_domains WHERE domain = ?", [.text(domain)])?
            .int("organization_id") ?? 0
    }

    private func organization(_ row: Row) throws -> Organization {
        let id = try row.int("id")
        let domains = try rows(
            "SELECT domain FROM organization_domains WHERE organization_id = ? ORDER BY domain", [.integer(id)])
        return Organization(
            id: id, name: try row.text("name"), externalID: try row.textOrNil("external_id") ?? "",
            domains: try domains.map { try $0.text("domain") }, language: try row.text("language"),
            calendarID: try row.int("calendar_id"), createdAtMilliseconds: try row.int("created_at"),
            updatedAtMilliseconds: try row.int("updated_at"))
    }
}

extension Transaction {
    func insertOrganization(_ new: Organization) throws -> Organization {
        var organization = new
        organization.id = try nextID("organization")
        organization.createdAtMilliseconds = nowMilliseconds
        organization.updatedAtMilliseconds = nowMilliseconds
        try execute(
            """
            INSERT INTO organizations
                (id, name, folded_name, external_id, language, calendar_id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(organization.id), .text(organization.name), .text(TextFolding.folded(organization.name)),
                optional(organization.externalID), .text(organization.language), .integer(organization.calendarID),
                .integer(organization.createdAtMilliseconds), .integer(organization.updatedAtMilliseconds),
            ])
        try setDomains(organization)
        return organization
    }

    func updateOrganization(_ organization: Organization) throws {
        try execute(
            """
            UPDATE organizations SET name = ?, folded_name = ?, external_id = ?, language = ?, calendar_id = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                .text(organization.name), .text(TextFolding.folded(organization.name)),
                optional(organization.externalID),
                .text(organization.language), .integer(organization.calendarID),
                .integer(organization.updatedAtMilliseconds), .integer(organization.id),
            ])
        try setDomains(organization)
    }

    private func setDomains(_ organization: Organization) throws {
        try execute("DELETE FROM organization_domains WHERE organization_id = ?", [.integer(organization.id)])
        for domain in organization.domains {
            try execute(
                "INSERT INTO organization_domains (domain, organization_id) VALUES (?, ?)",
                [.text(domain), .integer(organization.id)])
        }
    }
}
