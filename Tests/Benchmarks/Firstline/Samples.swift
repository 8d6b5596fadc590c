import Model

/// The messages that are measured.
enum Samples {
    /// About 200 bytes encoded.
    static let request = CreateTicketRequest(
        subject: "The printer on the third floor jams again",
        body: "It stopped this morning with a paper jam, and opening tray 2 did not help. Could somebody have a look?",
        requester: RequesterReference(email: "alex.morgan@example.org", name: "Alex Morgan"), priority: .high,
        type: .incident, tags: ["printer", "floor-3"], channel: .api)

    /// About 400 bytes encoded.
    static let ticket = Ticket(
        id: 48_213, subject: request.subject, status: .open, priority: .high, type: .incident, channel: .api,
        requester: Requester(
            id: 1_234, email: "alex.morgan@example.org", name: "Alex Morgan", organizationID: 77,
            externalID: "crm-00048213-eu-west-1a", language: "en", calendarID: 3,
            createdAtMilliseconds: 1_790_000_000_000, updatedAtMilliseconds: 1_790_000_123_456),
        organizationID: 77, teamID: 4, assigneeID: 19, tier: 1,
        tags: ["printer", "floor-3", "hardware", "from-web-form"],
        customFields: [
            CustomField(name: "serial_number", value: "HP-LJ-4250-CNRXB12345"),
            CustomField(name: "location", value: "Building 7, third floor, room 312, by the window"),
            CustomField(name: "warranty", value: "until 2027-03-31, extended by contract 5512 of 2025, on site"),
        ],
        version: 5, createdAtMilliseconds: 1_790_000_000_000, updatedAtMilliseconds: 1_790_000_123_456,
        messageCount: 3, language: "en", assignmentEpoch: 2, mailboxID: 1)

    static let reply = TicketReply(ticket: ticket, place: Place(service: "intake", term: 1, offset: 123_456))

    /// About 120 bytes encoded.
    static func entry(offset: Int64) -> JournalEntry {
        JournalEntry(
            offset: offset, term: 1, atMilliseconds: 1_790_000_000_000 + offset, actor: Actor(kind: .agent, id: 19),
            ticketID: 48_213, version: 5, traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            body: .ticketChanged(
                TicketChanged(
                    changes: [FieldChange(field: "status", oldValue: "open", newValue: "pending")], assignmentEpoch: 2))
        )
    }
}
