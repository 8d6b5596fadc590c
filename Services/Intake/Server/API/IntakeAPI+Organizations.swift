import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createOrganization(_ request: Organization, _ context: CallContext) async throws -> Organization {
        try await store.perform(context, request) { transaction in
            var new = request
            new.name = request.name.trimmed
            new.domains = try request.domains.normalizedDomains()
            try transaction.check(new, except: 0)
            let organization = try transaction.insertOrganization(new)
            try transaction.record(organization, context.provenance)
            return organization
        }
    }

    func getOrganization(_ request: GetOrganizationRequest, _ context: CallContext) async throws -> Organization {
        try await store.read { reader in
            guard let known = try reader.organization(request.id) else {
                throw RPCError.notFound("organization \(request.id)")
            }
            return known
        }
    }

    func listOrganizations(
        _ request: ListOrganizationsRequest, _ context: CallContext
    ) async throws -> ListOrganizationsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "organizations")
        return try await store.read { reader in
            let found = try reader.organizations(
                query: request.query, externalID: request.externalID, after: page.afterID, limit: page.readLimit)
            let (organizations, next) = page.cut(found, id: \.id) { $0.domains.reduce(0) { $0 + $1.utf8.count } }
            return ListOrganizationsResponse(organizations: organizations, nextCursor: next)
        }
    }

    func updateOrganization(_ request: UpdateOrganizationRequest, _ context: CallContext) async throws -> Organization {
        try await store.perform(context, request) { transaction in
            guard var organization = try transaction.organization(request.id) else {
                throw RPCError.notFound("organization \(request.id)")
            }
            if let name = request.name { organization.name = name.trimmed }
            if let externalID = request.externalID { organization.externalID = externalID }
            if let domains = request.domains { organization.domains = try domains.domains.normalizedDomains() }
            if let language = request.language { organization.language = language }
            if let calendarID = request.calendarID { organization.calendarID = calendarID }
            try transaction.check(organization, except: organization.id)
            organization.updatedAtMilliseconds = transaction.nowMilliseconds
            try transaction.updateOrganization(organization)
            try transaction.record(organization, context.provenance)
            return organization
        }
    }
}

extension [String] {
    /// Lower case, each once, in order.
    fileprivate func normalizedDomains() throws -> [String] {
        guard count <= RequestLimits.domains else {
            throw InvalidRequest("domains", "must be at most \(RequestLimits.domains)")
        }
        let domains = try map { text in
            guard let address = EmailAddress.normalized("x@\(text)") else {
                throw InvalidRequest("domains", "holds what is no domain")
            }
            return String(EmailAddress.domain(of: address))
        }
        return Set(domains).sorted()
    }
}

extension Transaction {
    fileprivate func check(_ organization: Organization, except id: Int64) throws {
        var violations = Violations()
        violations.expectName(organization.name, required: true)
        violations.expectExternal(externalID: organization.externalID, language: organization.language)
        violations.expectID(organization.calendarID, "calendar_id")
        try violations.check()
        if !organization.externalID.isEmpty,
            let other = try organizationID(externalID: organization.externalID), other != id
        {
            throw RPCError.taken("external_id", "is another organization's")
        }
        for domain in organization.domains {
            let owner = try organizationID(domain: domain)
            guard owner == 0 || owner == id else { throw RPCError.taken("domains", "are another organization's") }
        }
    }
}
