import FirstlineTesting
import Logging
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

/// The whole service, over RPC.
@Suite("Intake as a service")
struct IntakeServiceTests {
    private static func serve(_ body: @Sendable (TestService, IntakeClient) async throws -> Void) async throws {
        var setup = try TestService.Setup()
        setup.arguments = ["--lmtp-listen", "127.0.0.1:0", "--mailbox-address", "help@desk.example"]
        try await TestService.with(IntakeService.definition, setup) { service in
            try await body(service, IntakeClient(try service.channel()))
        }
    }

    private static let request = CreateTicketRequest(
        subject: "Printer", body: "It burns.", requester: RequesterReference(email: "maria@customer.example"))

    @Test("A ticket made by one call is read, changed and answered by others")
    func calls() async throws {
        try await Self.serve { service, client in
            let created = try await client.createTicket(Self.request)
            let ticket = try #require(created.ticket)
            #expect(created.place?.service == "intake")
            let read = try await client.getTicket(GetTicketRequest(id: ticket.id, atLeast: created.place))
            #expect(read == ticket)
            let changed = try await client.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, priority: .high))
            #expect(changed.ticket?.version == 2)
            #expect(
                try await client.listMailboxes(ListMailboxesRequest()).mailboxes.map(\.address) == ["help@desk.example"]
            )
            #expect(service.running.endpoints.address("lmtp") != nil)
            let faulty = await #expect(throws: RPCError.self) { try await client.createTicket(CreateTicketRequest()) }
            #expect(faulty?.code == .invalidArgument)
            #expect(faulty?.detail?.violations.map(\.field) == ["subject", "body", "requester.email"])
        }
    }

    @Test("A requester may write into their own ticket, and may not change it")
    func requesters() async throws {
        try await Self.serve { service, client in
            let ticket = try #require(try await client.createTicket(Self.request).ticket)
            let expiry = service.clock.nowMilliseconds + 60_000
            let principal = Principal(
                role: .requester, requesterID: ticket.requester?.id ?? 0, expiresAtMilliseconds: expiry)
            let maria = IntakeClient(try service.channel(as: principal))
            let reply = try await maria.addMessage(AddMessageRequest(ticketID: ticket.id, body: "Still."))
            #expect(reply.message?.author?.kind == .requester)
            let refused = await #expect(throws: RPCError.self) {
                try await maria.updateTicket(UpdateTicketRequest(id: ticket.id, expectedVersion: 1, status: .solved))
            }
            #expect(refused?.code == .permissionDenied)
        }
    }

    @Test("A repeated call with its key has one effect, and the key with another body is refused")
    func repeated() async throws {
        try await Self.serve { _, client in
            var options = CallOptions()
            options.metadata[Metadata.idempotencyKey] = "once"
            let first = try await client.createTicket(Self.request, options)
            #expect(try await client.createTicket(Self.request, options) == first)
            var changed = Self.request
            changed.subject = "Another"
            let other = changed
            let keyed = options
            let refused = await #expect(throws: RPCError.self) { try await client.createTicket(other, keyed) }
            #expect(refused?.code == .invalidArgument)
        }
    }

    @Test("LMTP says stored only for what is stored, and asks to try again otherwise")
    func delivery() async throws {
        try await Desk.open { desk in
            let envelope = LMTPEnvelope(from: "maria@customer.example", recipients: ["support@desk.example"])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let stored = await desk.api.mail.deliver(
                Mails().bytes, from: envelope, to: "support@desk.example", logger: logger)
            #expect(stored == .stored(ticketID: 1, messageID: 1))
            await desk.store.close()
            let later = await desk.api.mail.deliver(
                Mails.with { $0.body = "Other" }, from: envelope, to: "support@desk.example", logger: logger)
            #expect(later == .temporary())
        }
    }

    @Test("Files that nobody used are forgotten after a day, and those that a message names stay")
    func unusedFiles() async throws {
        try await Desk.open { desk in
            let outcome = try await desk.accept(Mails().bytes)
            let upload = try await desk.api.beginUpload(BeginUploadRequest(), desk.call())
            let chunk = AppendUploadRequest(token: upload.token, offset: 0, data: [1, 2, 3])
            _ = try await desk.api.appendUpload(chunk, desk.call())
            let file = try await desk.api.finishAttachment(FinishAttachmentRequest(token: upload.token), desk.call())
            let unused = UnusedFiles(
                store: desk.store, blobs: desk.blobs, clock: desk.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            #expect(try await unused.collect() == 0)
            desk.clock.advance(by: .seconds(25 * 3600))
            #expect(try await unused.collect() == 1)
            await #expect(throws: RPCError.self) {
                try await desk.api.getAttachment(GetAttachmentRequest(id: file.id), desk.call())
            }
            let source = Chunks()
            try await desk.api.downloadSource(GetMessageRequest(id: outcome.messageID), desk.call(), source.stream)
            #expect(try source.bytes == Mails().bytes)
        }
    }
}
