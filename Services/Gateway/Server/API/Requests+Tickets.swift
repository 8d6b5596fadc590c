import Model

extension CreateTicketRequest {
    /// From a checked `NewTicket`.
    init(_ json: JSONValue, caller: Caller) throws {
        let reference = json["requester"] ?? .object([])
        var requester = RequesterReference(
            id: reference.id("id"),
            email: reference.text("email"), name: reference.text("name"))
        if caller.role == .requester {
            requester = RequesterReference(id: caller.requesterID)
        } else if requester.id == 0, requester.email.isEmpty {
            throw Problem.invalid("requester.email", "is required where no id is given")
        }
        self.init(
            subject: json.text("subject"), body: json.text("body"), htmlBody: json.text("html_body"),
            requester: requester, priority: Priority(name: json.text("priority")) ?? .unspecified,
            type: TicketType(name: json.text("type")) ?? .unspecified, tags: json.strings("tags"),
            teamID: json.id("team_id"), channel: TicketChannel(name: json.text("channel")) ?? .unspecified,
            customFields: [CustomField](json["custom_fields"]), attachmentIDs: json.ids("attachments"),
            assigneeID: json.id("assignee_id"))
    }
}

extension UpdateTicketRequest {
    /// From a checked `TicketPatch`.
    init(id: Int64, version: Int64, _ json: JSONValue) {
        self.init(
            id: id, expectedVersion: version, status: json["status"]?.string.flatMap { TicketStatus(name: $0) },
            priority: json["priority"]?.string.flatMap { Priority(name: $0) },
            type: json["type"]?.string.flatMap { TicketType(name: $0) }, subject: json["subject"]?.string,
            tags: json["tags"].map { TagList(tags: $0.strings) }, assigneeID: json["assignee_id"]?.idOrNone,
            teamID: json["team_id"]?.idOrNone, customFields: [CustomField](json["custom_fields"]),
            tier: json["tier"]?.integer.map { Int32($0) })
    }
}

extension AddMessageRequest {
    /// From a checked `NewMessage`.
    init(ticketID: Int64, _ json: JSONValue) {
        self.init(
            ticketID: ticketID, body: json.text("body"), htmlBody: json.text("html_body"),
            visibility: Visibility(name: json.text("visibility")) ?? .unspecified,
            attachmentIDs: json.ids("attachments"), status: TicketStatus(name: json.text("status")) ?? .unspecified,
            seenMessageCount: json["seen_message_count"]?.integer.map { Int32($0) })
    }
}

extension [CustomField] {
    /// From an object of texts; null becomes the empty text, which removes a field.
    init(_ json: JSONValue?) {
        self = (json?.members ?? []).map { CustomField(name: $0.name, value: $0.value.textOrNone) }
    }
}

extension ListTicketsRequest {
    init(_ call: APICall) {
        self.init(
            statuses: (call.query["status"] ?? []).compactMap { TicketStatus(name: $0) },
            priorities: (call.query["priority"] ?? []).compactMap { Priority(name: $0) },
            assigneeID: call.integer("assignee_id"), teamID: call.integer("team_id"),
            requesterID: call.integer("requester_id"), organizationID: call.integer("organization_id"),
            tag: call.text("tag"), channel: TicketChannel(name: call.text("channel")) ?? .unspecified,
            createdAfterMilliseconds: call.instant("created_after"),
            createdBeforeMilliseconds: call.instant("created_before"),
            updatedAfterMilliseconds: call.instant("updated_after"),
            sort: TicketSort(name: call.text("sort")) ?? .unspecified, limit: call.limit, cursor: call.cursor,
            type: TicketType(name: call.text("type")) ?? .unspecified)
    }
}
