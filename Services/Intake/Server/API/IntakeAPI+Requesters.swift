import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createRequester(_ request: Requester, _ context: CallContext) async throws -> Requester {
        var violations = Violations()
        let email = EmailAddress.normalized(request.email)
        violations.expect(email != nil, "email", "is not an email address")
        violations.expectRequester(request)
        try violations.check()
        return try await store.perform(context, request) { transaction in
            var new = request
            new.email = email ?? ""
            new.name = request.name.trimmed
            try transaction.checkReferences(new, except: 0)
            return try transaction.addRequester(new, by: context.provenance)
        }
    }

    func getRequester(_ request: GetRequesterRequest, _ context: CallContext) async throws -> Requester {
        try await store.read { reader in
            let email = EmailAddress.normalized(request.email)
            let known = request.id != 0 ? try reader.requester(request.id) : try email.flatMap(reader.requester(email:))
            guard let known, context.caller.maySee(requesterID: known.id) else { throw RPCError.notFound("requester") }
            return known
        }
    }

    func listRequesters(_ request: ListRequestersRequest, _ context: CallContext) async throws -> ListRequestersResponse
    {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "requesters")
        let tokens = Array(SearchTokens(request.query).prefix(SearchQuery.maximumParts))
        if tokens.isEmpty, !request.query.isBlank { return ListRequestersResponse() }
        return try await store.read { reader in
            let found =
                tokens.isEmpty
                ? try reader.requesters(
                    organizationID: request.organizationID, externalID: request.externalID, after: page.afterID,
                    limit: page.readLimit)
                : try reader.requesters(
                    matching: tokens, organizationID: request.organizationID,
                    externalID: request.externalID, after: page.afterID, limit: page.readLimit)
            let (requesters, next) = page.cut(found, id: \.id)
            return ListRequestersResponse(requesters: requesters, nextCursor: next)
        }
    }

    func updateRequester(_ request: UpdateRequesterRequest, _ context: CallContext) async throws -> Requester {
        try await store.perform(context, request) { transaction in
            guard var requester = try transaction.requester(request.id) else {
                throw RPCError.notFound("requester \(request.id)")
            }
            if let email = request.email {
                guard let normalized = EmailAddress.normalized(email) else {
                    throw InvalidRequest("email", "is not an email address")
                }
                requester.email = normalized
            }
            if let name = request.name { requester.name = name.trimmed }
            if let organizationID = request.organizationID { requester.organizationID = organizationID }
            if let externalID = request.externalID { requester.externalID = externalID }
            if let language = request.language { requester.language = language }
            if let calendarID = request.calendarID { requester.calendarID = calendarID }
            var violations = Violations()
            violations.expectRequester(requester)
            try violations.check()
            try transaction.checkReferences(requester, except: requester.id)
            requester.updatedAtMilliseconds = transaction.nowMilliseconds
            try transaction.changeRequester(requester, by: context.provenance)
            return requester
        }
    }
}

extension Violations {
    fileprivate mutating func expectRequester(_ requester: Requester) {
        expectName(requester.name, required: false)
        expectExternal(externalID: requester.externalID, language: requester.language)
        expectID(requester.organizationID, "organization_id")
        expectID(requester.calendarID, "calendar_id")
    }
}

extension Transaction {
    /// Address and external id are unique, the organization is there.
    fileprivate func checkReferences(_ requester: Requester, except id: Int64) throws {
        if let other = try self.requester(email: requester.email), other.id != id {
            throw RPCError.taken("email", "is another requester's")
        }
        if !requester.externalID.isEmpty, let other = try self.requester(externalID: requester.externalID),
            other.id != id
        {
            throw RPCError.taken("external_id", "is another requester's")
        }
        if requester.organizationID != 0, try organization(requester.organizationID) == nil {
            throw InvalidRequest("organization_id", "names no organization")
        }
    }
}
