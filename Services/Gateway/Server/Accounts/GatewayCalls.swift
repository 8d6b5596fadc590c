import Model
import ServiceKit
import Store
import Wire

/// The calls of `firstline.v1.Gateway`: users, tokens, sign-in links. Who may call is decided before.
struct GatewayCalls: GatewayHandler {
    let store: Store
    let hub: EventHub
}

// MARK: Users

extension GatewayCalls {
    func createUser(_ request: CreateUserRequest, _ context: CallContext) async throws -> User {
        var user = User(
            name: request.name, email: request.email, role: request.role, active: true, language: request.language)
        if user.role == .unspecified { user.role = .agent }
        try user.normalize()
        let checked = user
        let created = try await store.perform(context, request) { transaction in
            var user = checked
            try transaction.requireFreeAddress(user)
            user.id = try transaction.nextID("user")
            user.createdAtMilliseconds = transaction.nowMilliseconds
            user.updatedAtMilliseconds = transaction.nowMilliseconds
            try transaction.insert(user)
            try transaction.announce(user, context)
            return user
        }
        hub.wake()
        return created
    }

    func getUser(_ request: GetUserRequest, _ context: CallContext) async throws -> User {
        let address = EmailAddress.normalized(request.email) ?? ""
        let user = try await store.read { reader in
            request.id != 0 ? try reader.user(id: request.id) : try reader.user(email: address)
        }
        guard let user else { throw RPCError.notFound("user") }
        return user
    }

    func listUsers(_ request: ListUsersRequest, _ context: CallContext) async throws -> ListUsersResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "users")
        guard request.ids.count <= ListLimit.greatest else {
            throw RPCError.invalidField("ids", "must hold at most \(ListLimit.greatest) ids")
        }
        guard request.roles.count <= Role.allCases.count else {
            throw RPCError.invalidField("roles", "must name each at most once")
        }
        let users = try await store.read { reader in
            try reader.users(after: page.afterID, limit: page.readLimit, ids: request.ids, roles: request.roles)
        }
        let (items, nextCursor) = page.cut(users, id: \.id)
        return ListUsersResponse(users: items, nextCursor: nextCursor)
    }

    func updateUser(_ request: UpdateUserRequest, _ context: CallContext) async throws -> User {
        let updated = try await store.perform(context, request) { transaction in
            guard var user = try transaction.user(id: request.id) else { throw RPCError.notFound("user") }
            let before = user
            if let name = request.name { user.name = name }
            if let email = request.email { user.email = email }
            if let role = request.role { user.role = role }
            if let active = request.active { user.active = active }
            if let language = request.language { user.language = language }
            if let signature = request.signature { user.signature = signature }
            try user.normalize()
            guard user != before else { return user }
            if user.email != before.email { try transaction.requireFreeAddress(user) }
            try transaction.requireOtherAdministrator(than: before, becoming: user)
            user.updatedAtMilliseconds = transaction.nowMilliseconds
            try transaction.update(user)
            if !user.active { try transaction.deleteSessions(userID: user.id) }
            try transaction.announce(user, context)
            return user
        }
        hub.wake()
        return updated
    }
}

extension User {
    /// Checks name, address and role, and writes the address as it is compared.
    fileprivate mutating func normalize() throws {
        var violations: [Violation] = []
        if name.isEmpty || name.unicodeScalars.count > 200 {
            violations.append(Violation(field: "name", message: "must have 1 to 200 characters"))
        }
        if let address = EmailAddress.normalized(email) {
            email = address
        } else {
            violations.append(Violation(field: "email", message: "must be an e-mail address"))
        }
        if !role.isStaff { violations.append(Violation(field: "role", message: "must be agent, lead or admin")) }
        if language.utf8.count > 35 {
            violations.append(Violation(field: "language", message: "must be a language tag"))
        }
        let isPlain = signature.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.properties.generalCategory != .control
        }
        if !isPlain || signature.utf8.count > Self.longestSignatureBytes {
            violations.append(
                Violation(
                    field: "signature",
                    message:
                        "must have at most \(Self.longestSignatureBytes) bytes, and no control characters but line feeds"
                )
            )
        }
        guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    }

    private static let longestSignatureBytes = 4_096
}

extension Transaction {
    fileprivate func requireFreeAddress(_ user: User) throws {
        guard let other = try self.user(email: user.email), other.id != user.id else { return }
        throw RPCError(
            .alreadyExists, "another user has this address",
            detail: ErrorDetail(
                code: "already_exists",
                violations: [Violation(field: "email", message: "another user has this address")]))
    }

    /// Someone must stay who can administrate.
    fileprivate func requireOtherAdministrator(than before: User, becoming after: User) throws {
        guard before.role == .admin, before.active, after.role != .admin || !after.active else { return }
        let others = try row(
            "SELECT COUNT(*) AS others FROM users WHERE role = ? AND active = 1 AND id <> ?",
            [Value(Role.admin.rawValue), .integer(before.id)])
        guard try others?.int("others") == 0 else { return }
        throw RPCError(
            .failedPrecondition, "the last administrator must stay", detail: ErrorDetail(code: "last_administrator"))
    }

    /// Tells the journal and the live stream what became of a user.
    func announce(_ user: User, _ context: CallContext) throws {
        let changed = UserChanged(userID: user.id, role: user.role, active: user.active)
        try journal(.userChanged(changed), actor: context.caller.actor, traceParent: context.traceParent ?? "")
        let entry = JournalEntry(
            atMilliseconds: nowMilliseconds, actor: context.caller.actor, body: .userChanged(changed))
        for event in LiveEvent.events(of: entry) { try append(event) }
    }
}
