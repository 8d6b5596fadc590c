import Model
import Testing
import Wire

@testable import IntakeServer

@Suite("Requesters, organizations and files")
struct PeopleTests {
    @Test("A requester is made once per address, whatever its case")
    func requesters() async throws {
        try await Desk.open { desk in
            let first = try await desk.createTicket(from: "Maria@Customer.Example")
            let second = try await desk.createTicket(from: "maria@customer.example")
            #expect(first.requester?.id == second.requester?.id)
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.createRequester(Requester(email: "MARIA@customer.example"), desk.call())
            }
            #expect(error?.code == .alreadyExists)
        }
    }

    @Test("Requesters are found by parts of name and address, and by external id")
    func finding() async throws {
        try await Desk.open { desk in
            let zoe = try await desk.api.createRequester(
                Requester(email: "zoe@customer.example", name: "Zoë Müller", externalID: "crm-1"), desk.call())
            _ = try await desk.api.createRequester(Requester(email: "ann@other.example", name: "Ann"), desk.call())
            for query in ["zoe", "mull", "customer", "ZOË@customer.example"] {
                let found = try await desk.api.listRequesters(ListRequestersRequest(query: query), desk.call())
                #expect(found.requesters.map(\.id) == [zoe.id], "\(query)")
            }
            let none = try await desk.api.listRequesters(ListRequestersRequest(query: "%%"), desk.call())
            #expect(none.requesters.isEmpty)
            let byID = try await desk.api.listRequesters(ListRequestersRequest(externalID: "crm-1"), desk.call())
            #expect(byID.requesters == [zoe])
            let renamed = try await desk.api.updateRequester(
                UpdateRequesterRequest(id: zoe.id, name: "Zoë Papadopoulou"), desk.call())
            #expect(renamed.name == "Zoë Papadopoulou")
            let after = try await desk.api.listRequesters(ListRequestersRequest(query: "papadop"), desk.call())
            #expect(after.requesters.map(\.id) == [zoe.id])
        }
    }

    @Test("A domain belongs to one organization")
    func domains() async throws {
        try await Desk.open { desk in
            let first = try await desk.api.createOrganization(
                Organization(name: "One", domains: ["b.example", "A.example"]), desk.call())
            #expect(first.domains == ["a.example", "b.example"])
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.createOrganization(Organization(name: "Two", domains: ["a.example"]), desk.call())
            }
            #expect(error?.code == .alreadyExists)
            let changed = try await desk.api.updateOrganization(
                UpdateOrganizationRequest(id: first.id, domains: DomainList(domains: ["c.example"])), desk.call())
            #expect(changed.domains == ["c.example"])
        }
    }

    @Test("An upload is its owner's alone, until it is bound to a message")
    func attachments() async throws {
        try await Desk.open { desk in
            let owner = desk.call()
            let upload = try await desk.api.beginUpload(BeginUploadRequest(), owner)
            _ = try await desk.api.appendUpload(
                AppendUploadRequest(token: upload.token, offset: 0, data: [1, 2, 3]), owner)
            let stranger = desk.call(Caller(role: .agent, userID: 8))
            await #expect(throws: RPCError.self) {
                try await desk.api.appendUpload(
                    AppendUploadRequest(token: upload.token, offset: 3, data: [4]), stranger)
            }
            let finish = FinishAttachmentRequest(
                token: upload.token, filename: "../../a\u{202E}.txt", contentType: "text/plain")
            let file = try await desk.api.finishAttachment(finish, owner)
            #expect(try await desk.api.finishAttachment(finish, owner) == file)
            #expect(file.sizeBytes == 3 && !file.filename.contains("/") && !file.filename.contains("\u{202E}"))
            await #expect(throws: RPCError.self) {
                try await desk.api.getAttachment(GetAttachmentRequest(id: file.id), stranger)
            }
            await #expect(throws: InvalidRequest.self) {
                try await desk.createTicket(by: Caller(role: .agent, userID: 8)) { $0.attachmentIDs = [file.id] }
            }
            let ticket = try await desk.createTicket()
            let note = try await desk.api.addMessage(
                AddMessageRequest(
                    ticketID: ticket.id, body: "Secret.", visibility: .internal, attachmentIDs: [file.id]), owner)
            #expect(note.message?.attachments.map(\.id) == [file.id])
            #expect(try await desk.api.getAttachment(GetAttachmentRequest(id: file.id), stranger).messageID != 0)
            await #expect(throws: RPCError.self) {
                try await desk.api.getAttachment(GetAttachmentRequest(id: file.id), desk.call(desk.requester(ticket)))
            }
            await #expect(throws: InvalidRequest.self) { try await desk.createTicket { $0.attachmentIDs = [file.id] } }
        }
    }
}
