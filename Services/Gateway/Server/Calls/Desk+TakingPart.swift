import HTTPTypes
import Model
import Wire

// MARK: Merging, and who takes part

extension Desk {
    var takingPartRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/tickets/{id}/merge", operation: "mergeTicket", tag: "Tickets",
                summary: "Merge a ticket into another: it is closed, the other shows its messages",
                body: .json("Merge"), content: .json(.named("Ticket")),
                refusals: [.notFound, .conflict, .preconditionFailed], handle: mergeTicket),
            Route(
                method: .get, pattern: "/tickets/{id}/participants", operation: "listParticipants", tag: "Tickets",
                summary: "List who gets copies of a ticket's public replies",
                content: .json(Schemas.page(of: "Participant")),
                refusals: Self.one, handle: listParticipants),
            Route(
                method: .post, pattern: "/tickets/{id}/participants", operation: "addParticipant", tag: "Tickets",
                summary: "Have somebody take part in a ticket", body: .json("NewParticipant"), status: .created,
                content: .json(.named("Participant")), refusals: [.notFound, .conflict], handle: addParticipant),
            Route(
                method: .delete, pattern: "/tickets/{id}/participants/{requester_id}", operation: "removeParticipant",
                tag: "Tickets", summary: "Let somebody take part no longer", status: .noContent, refusals: Self.one,
                handle: removeParticipant),
        ]
    }

    private func mergeTicket(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        var request = MergeTicketRequest(id: id, intoID: call.json.id("into"))
        if call.match != nil { request.expectedVersion = try await expectedVersion(call, id) }
        let merge = request
        return try await changed(id, call) { try await peers.intake.mergeTicket(merge, call.options) }
    }

    private func listParticipants(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listParticipants(
            ListParticipantsRequest(ticketID: try call.id()), call.options)
        let names = try await names(of: list.participants.map(\.addedBy))
        return .json(Self.page(list.participants.map { .participant($0, names: names) }, ""))
    }

    private func addParticipant(_ call: APICall) async throws -> Answer {
        let reference = call.json["requester"] ?? .object([])
        let added = try await peers.intake.addParticipant(
            AddParticipantRequest(
                ticketID: try call.id(),
                requester: RequesterReference(
                    id: reference.id("id"), email: reference.text("email"), name: reference.text("name"))),
            call.options)
        return .json(.participant(added, names: try await names(of: [added.addedBy])), .created)
    }

    private func removeParticipant(_ call: APICall) async throws -> Answer {
        _ = try await peers.intake.removeParticipant(
            RemoveParticipantRequest(ticketID: try call.id(), requesterID: try call.id("requester_id")), call.options)
        return Answer(status: .noContent)
    }
}

// MARK: Blocked senders

extension Desk {
    var blockedSenderRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/blocked_senders", operation: "createBlockedSender", tag: "People",
                summary: "Block an address or a domain: its mail opens and touches no ticket",
                body: .json("NewBlockedSender"), status: .created, content: .json(.named("BlockedSender")),
                refusals: [.conflict], handle: createBlockedSender),
            Route(
                method: .get, pattern: "/blocked_senders", operation: "listBlockedSenders", tag: "People",
                summary: "List blocked addresses and domains", parameters: [.limit, .cursor],
                content: .json(Schemas.page(of: "BlockedSender")), handle: listBlockedSenders),
            Route(
                method: .delete, pattern: "/blocked_senders/{id}", operation: "deleteBlockedSender", tag: "People",
                summary: "Block a sender no longer", status: .noContent, refusals: Self.one,
                handle: deleteBlockedSender),
            Route(
                method: .get, pattern: "/suspended_mails", operation: "listSuspendedMails", tag: "People",
                summary: "List the mail of blocked senders, which is kept for 30 days, oldest first",
                parameters: [.limit, .cursor], content: .json(Schemas.page(of: "SuspendedMail")),
                handle: listSuspendedMails),
            Route(
                method: .get, pattern: "/suspended_mails/{id}/source", operation: "downloadSuspendedMail",
                tag: "People", summary: "Download a suspended mail, byte for byte", content: .bytes,
                refusals: Self.one, methods: ["firstline.v1.Intake/DownloadSuspendedMail"],
                handle: downloadSuspendedMail),
        ]
    }

    private func createBlockedSender(_ call: APICall) async throws -> Answer {
        let sender = try await peers.intake.createBlockedSender(
            BlockedSender(sender: call.json.text("sender"), reason: call.json.text("reason")), call.options)
        return .json(.blockedSender(sender, names: try await names(of: [sender.createdBy])), .created)
    }

    private func listBlockedSenders(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listBlockedSenders(
            ListBlockedSendersRequest(limit: call.limit, cursor: call.cursor), call.options)
        let names = try await names(of: list.blockedSenders.map(\.createdBy))
        return .json(Self.page(list.blockedSenders.map { .blockedSender($0, names: names) }, list.nextCursor))
    }

    private func deleteBlockedSender(_ call: APICall) async throws -> Answer {
        _ = try await peers.intake.deleteBlockedSender(DeleteBlockedSenderRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }

    private func listSuspendedMails(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listSuspendedMails(
            ListSuspendedMailsRequest(limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.mails.map { .suspendedMail($0) }, list.nextCursor))
    }

    private func downloadSuspendedMail(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        let list = try await peers.intake.listSuspendedMails(
            ListSuspendedMailsRequest(limit: 1, cursor: ListCursor([.integer(id - 1)]).encoded(for: "suspended_mails")),
            call.readOptions)
        guard list.mails.first?.id == id else { throw Problem.notFound() }
        let (intake, options) = (peers.intake, Self.slow(call.options))
        return Answer(
            status: .ok, headers: Self.downloadHeaders(type: "message/rfc822", filename: "suspended-\(id).eml"),
            body: .stream(length: nil) { writer in
                try await intake.downloadSuspendedMail(DownloadSuspendedMailRequest(id: id), options) {
                    try await writer.write($0.data)
                }
            })
    }
}
