import Model

extension JSONValue {
    static func requester(_ requester: Requester) -> JSONValue {
        [
            "id": .integer(requester.id), "email": .text(requester.email), "name": .text(requester.name),
            "organization_id": .id(requester.organizationID), "external_id": .text(requester.externalID),
            "language": .text(requester.language), "calendar_id": .id(requester.calendarID),
            "created_at": .instant(requester.createdAtMilliseconds),
            "updated_at": .instant(requester.updatedAtMilliseconds),
        ]
    }

    static func organization(_ organization: Organization) -> JSONValue {
        [
            "id": .integer(organization.id), "name": .string(organization.name),
            "external_id": .text(organization.externalID), "domains": .strings(organization.domains),
            "language": .text(organization.language), "calendar_id": .id(organization.calendarID),
            "created_at": .instant(organization.createdAtMilliseconds),
            "updated_at": .instant(organization.updatedAtMilliseconds),
        ]
    }

    /// - Parameter routing: what routing knows of the agent; without it those fields are null or empty.
    static func agent(_ user: User, _ routing: RoutingAgent?) -> JSONValue {
        [
            "id": .integer(user.id), "name": .string(user.name), "email": .string(user.email),
            "role": .string(user.role.name), "active": .bool(user.active), "language": .text(user.language),
            "signature": .text(user.signature),
            "team_ids": .array((routing?.teamIDs ?? []).map { .integer($0) }),
            "tier": routing.map { .integer(Int64($0.tier)) } ?? .null, "skills": .strings(routing?.skills ?? []),
            "capacity": routing.map { .integer(Int64($0.capacity)) } ?? .null,
            "presence": routing.map { .string($0.presence == .unspecified ? "offline" : $0.presence.name) } ?? .null,
            "load": routing.map { .integer(Int64($0.load)) } ?? .null,
        ]
    }

    static func team(_ team: Team) -> JSONValue {
        [
            "id": .integer(team.id), "name": .string(team.name), "created_at": .instant(team.createdAtMilliseconds),
            "updated_at": .instant(team.updatedAtMilliseconds),
        ]
    }

    static func mailbox(_ mailbox: Mailbox) -> JSONValue {
        [
            "id": .integer(mailbox.id), "name": .string(mailbox.name), "address": .string(mailbox.address),
            "team_id": .id(mailbox.teamID), "default": .bool(mailbox.isDefault),
            "cc_policy": .string((mailbox.ccPolicy == .unspecified ? .known : mailbox.ccPolicy).name),
            "from_name": .text(mailbox.fromName), "color": .text(mailbox.color), "footer": .text(mailbox.footer),
            "survey_after_minutes": .integer(Int64(mailbox.surveyAfterMinutes)),
            "imap": mailbox.imap.map { .imapSource($0) } ?? .null,
            "imap_state": mailbox.imapState.map { .imapState($0) } ?? .null,
        ]
    }

    /// Never the secret: Intake does not tell it.
    private static func imapSource(_ source: IMAPSource) -> JSONValue {
        [
            "host": .string(source.host), "port": source.port == 0 ? .null : .integer(Int64(source.port)),
            "security": .string(source.security.name), "user": .string(source.user),
            "sign_in": .string(source.signIn.name), "secret_file": .text(source.secretFile),
            "folder": .string(source.folder), "after": .string(source.after.name), "move_to": .text(source.moveTo),
            "poll_seconds": .integer(Int64(source.pollSeconds)), "paused": .bool(source.paused),
        ]
    }

    private static func imapState(_ state: IMAPState) -> JSONValue {
        [
            "phase": .string(state.phase.name), "error_code": .text(state.errorCode), "error": .text(state.error),
            "failed_at": .instant(state.failedAtMilliseconds), "polled_at": .instant(state.polledAtMilliseconds),
            "fetched": .integer(state.fetched), "quarantined": .integer(state.quarantined),
            "troubled": .integer(state.troubled),
        ]
    }

    static func token(_ token: Token, secret: String? = nil) -> JSONValue {
        var json: JSONValue = [
            "id": .integer(token.id), "name": .string(token.name), "role": .string(token.role.name),
            "agent_id": .id(token.userID), "requester_id": .id(token.requesterID), "scopes": .strings(token.scopes),
            "created_at": .instant(token.createdAtMilliseconds), "last_used_at": .instant(token.lastUsedAtMilliseconds),
            "revoked_at": .instant(token.revokedAtMilliseconds),
        ]
        if let secret { json["token"] = .string(secret) }
        return json
    }

    static func me(_ identity: Identity) -> JSONValue {
        [
            "role": .string(identity.caller.role.name), "user_id": .id(identity.caller.userID),
            "requester_id": .id(identity.caller.requesterID), "name": .text(identity.user?.name ?? ""),
            "email": .text(identity.user?.email ?? ""), "language": .text(identity.user?.language ?? ""),
            "scopes": .strings(identity.caller.scopes), "token_name": .text(identity.credentialName),
        ]
    }
}
