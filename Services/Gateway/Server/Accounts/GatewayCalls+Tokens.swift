import Model
import ServiceKit
import Store
import Wire

extension GatewayCalls {
    func createToken(_ request: CreateTokenRequest, _ context: CallContext) async throws -> CreatedToken {
        try Self.check(request)
        let secret = Secret.random()
        let key = context.idempotencyKey ?? ""
        // The remembered answer holds the token sealed with the key, and the key only as its hash: whoever reads the store learns neither.
        var context = context
        if !key.isEmpty { context.metadata[Metadata.idempotencyKey] = Base64URL.encode(Secret.hash(key)) }
        let identity = context.caller.identity
        let caller = context.caller
        let sealed = try await store.perform(context, request) { transaction in
            let userID = try transaction.userOfToken(request, caller)
            let token = Token(
                id: try transaction.nextID("token"), name: request.name, role: request.role, userID: userID,
                requesterID: request.requesterID, scopes: request.scopes,
                createdAtMilliseconds: transaction.nowMilliseconds)
            try transaction.insert(token, hash: Secret.hash(TokenText.prefix + secret.text))
            return CreatedToken(
                info: token, token: Base64URL.encode(Self.sealed(secret.bytes, tokenID: token.id, identity, key)))
        }
        let bytes = Base64URL.decode(sealed.token) ?? []
        let opened = Self.sealed(bytes, tokenID: sealed.info?.id ?? 0, identity, key)
        return CreatedToken(info: sealed.info, token: TokenText.prefix + Base64URL.encode(opened))
    }

    /// Combines 32 bytes with a pad that only holders of the key can make; the same again gives them back.
    private static func sealed(_ bytes: [UInt8], tokenID: Int64, _ identity: String, _ key: String) -> [UInt8] {
        zip(bytes, Secret.hash("token|\(identity)|\(tokenID)|\(key)")).map { $0 ^ $1 }
    }

    private static func check(_ request: CreateTokenRequest) throws {
        var violations: [Violation] = []
        if request.name.isEmpty || request.name.unicodeScalars.count > 200 {
            violations.append(Violation(field: "name", message: "must have 1 to 200 characters"))
        }
        if request.role != .requester, !request.role.isStaff {
            violations.append(Violation(field: "role", message: "must be requester, agent, lead or admin"))
        }
        if request.role == .requester, request.requesterID == 0 {
            violations.append(Violation(field: "requester_id", message: "is required for the role requester"))
        }
        if request.role == .requester, request.agentID != 0 {
            violations.append(Violation(field: "agent_id", message: "does not go with the role requester"))
        }
        if request.role.isStaff, request.requesterID != 0 {
            violations.append(Violation(field: "requester_id", message: "goes with the role requester alone"))
        }
        let known = [AccessPolicy.readScope, AccessPolicy.writeScope]
        for (index, scope) in request.scopes.enumerated() where !known.contains(scope) {
            violations.append(Violation(field: "scopes[\(index)]", message: "must be read or write"))
        }
        guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    }

    func listTokens(_ request: ListTokensRequest, _ context: CallContext) async throws -> ListTokensResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "tokens")
        let tokens = try await store.read { try $0.tokens(after: page.afterID, limit: page.readLimit) }
        let (items, nextCursor) = page.cut(tokens, id: \.id)
        return ListTokensResponse(tokens: items, nextCursor: nextCursor)
    }

    func revokeToken(_ request: RevokeTokenRequest, _ context: CallContext) async throws -> Token {
        let token = try await store.perform(context, request) { transaction in
            try transaction.revokeToken(id: request.id)
            guard let token = try transaction.token(id: request.id) else { throw RPCError.notFound("token") }
            return token
        }
        hub.wake()
        return token
    }

    func createSignInLink(_ request: CreateSignInLinkRequest, _ context: CallContext) async throws -> SignInLink {
        let secret = Secret.random()
        // Never remembered under a key: the link is told once.
        return try await store.write("create-sign-in-link") { transaction in
            let user =
                request.userID == 0 ? try transaction.firstAdministrator() : try transaction.user(id: request.userID)
            guard let user, user.active else { throw RPCError.notFound("user") }
            let lifetime = request.userID == 0 ? Self.firstLinkMilliseconds : Self.linkMilliseconds
            let expiry = transaction.nowMilliseconds + lifetime
            try transaction.insertSignInLink(hash: Secret.hash(secret.text), userID: user.id, expiresAt: expiry)
            return SignInLink(path: "/sign-in/\(secret.text)", expiresAtMilliseconds: expiry)
        }
    }

    /// How long the first administrator's link waits.
    static let firstLinkMilliseconds: Int64 = 86_400_000
    /// How long everyone else's link waits.
    static let linkMilliseconds: Int64 = 900_000
}

extension Transaction {
    /// As whom a token acts: the agent named, else who makes it, else (for the operator's command) the first administrator.
    fileprivate func userOfToken(_ request: CreateTokenRequest, _ caller: Caller) throws -> Int64 {
        if request.role == .requester { return 0 }
        if request.agentID != 0 {
            guard let user = try user(id: request.agentID), user.active else {
                throw RPCError.invalidField("agent_id", "names no active user")
            }
            guard request.role.rawValue <= user.role.rawValue else {
                throw RPCError.invalidField("role", "is more than the user's own, \(user.role.name)")
            }
            return user.id
        }
        if caller.userID != 0 { return caller.userID }
        guard let administrator = try firstAdministrator() else { throw RPCError.notFound("user") }
        return administrator.id
    }
}
