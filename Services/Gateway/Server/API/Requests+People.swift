import Model

extension Requester {
    /// From a checked `NewRequester`.
    init(_ json: JSONValue) {
        self.init(
            email: json.text("email"), name: json.text("name"), organizationID: json.id("organization_id"),
            externalID: json.text("external_id"), language: json.text("language"), calendarID: json.id("calendar_id"))
    }
}

extension UpdateRequesterRequest {
    /// From a checked `RequesterPatch`.
    init(id: Int64, _ json: JSONValue) {
        self.init(
            id: id, name: json["name"]?.textOrNone, email: json["email"]?.string,
            organizationID: json["organization_id"]?.idOrNone, externalID: json["external_id"]?.textOrNone,
            language: json["language"]?.textOrNone, calendarID: json["calendar_id"]?.idOrNone)
    }
}

extension Organization {
    /// From a checked `NewOrganization`.
    init(_ json: JSONValue) {
        self.init(
            name: json.text("name"), externalID: json.text("external_id"), domains: json.strings("domains"),
            language: json.text("language"), calendarID: json.id("calendar_id"))
    }
}

extension UpdateOrganizationRequest {
    /// From a checked `OrganizationPatch`.
    init(id: Int64, _ json: JSONValue) {
        self.init(
            id: id, name: json["name"]?.string, externalID: json["external_id"]?.textOrNone,
            domains: json["domains"].map { DomainList(domains: $0.strings) }, language: json["language"]?.textOrNone,
            calendarID: json["calendar_id"]?.idOrNone)
    }
}

extension IMAPSource {
    /// From a checked `IMAPSettings`; nil for null.
    init?(_ json: JSONValue) {
        guard json != .null else { return nil }
        self.init(
            host: json.text("host"), port: Int32(json["port"]?.integer ?? 0),
            security: json["security"]?.string.flatMap { MailSecurity(name: $0) } ?? .unspecified,
            user: json.text("user"), signIn: json["sign_in"]?.string.flatMap { MailSignIn(name: $0) } ?? .unspecified,
            secret: json.text("secret"), secretFile: json.text("secret_file"), folder: json.text("folder"),
            after: json["after"]?.string.flatMap { AfterFetch(name: $0) } ?? .unspecified,
            moveTo: json.text("move_to"), pollSeconds: Int32(json["poll_seconds"]?.integer ?? 0),
            paused: json["paused"]?.bool ?? false)
    }
}

extension UpdateMailboxRequest {
    /// From a checked `MailboxPatch`.
    init(id: Int64, _ json: JSONValue) {
        self.init(
            id: id, name: json["name"]?.string, teamID: json["team_id"]?.idOrNone,
            imap: json["imap"].flatMap { IMAPSource($0) }, removeIMAP: json["imap"] == .null,
            ccPolicy: json["cc_policy"]?.string.flatMap { CopyPolicy(name: $0) } ?? .unspecified,
            fromName: json["from_name"]?.textOrNone, color: json["color"]?.textOrNone,
            footer: json["footer"]?.textOrNone,
            surveyAfterMinutes: json["survey_after_minutes"]?.integer.map { Int32($0) })
    }
}

extension PutAgentRequest {
    /// The routing facts of a checked `NewAgent` or `AgentPatch`.
    init(id: Int64, role: Role? = nil, active: Bool? = nil, _ json: JSONValue) {
        self.init(
            id: id, teamIDs: json["team_ids"].map { IDList(ids: $0.ids) },
            tier: json["tier"]?.integer.map { Int32($0) },
            skills: json["skills"].map { SkillList(skills: $0.strings) },
            capacity: json["capacity"]?.integer.map { Int32($0) },
            presence: json["presence"]?.string.flatMap { Presence(name: $0) }, role: role, active: active)
    }
}

extension UpdateUserRequest {
    /// The user's part of a checked `AgentPatch`; nil when it has none.
    init?(id: Int64, _ json: JSONValue) {
        let names = ["name", "email", "role", "active", "language", "signature"]
        guard names.contains(where: { json[$0] != nil }) else { return nil }
        self.init(
            id: id, name: json["name"]?.string, email: json["email"]?.string,
            role: json["role"]?.string.flatMap { Role(name: $0) }, active: json["active"]?.bool,
            language: json["language"]?.string, signature: json["signature"]?.textOrNone)
    }
}
