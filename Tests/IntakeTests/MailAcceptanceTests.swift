import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Mail in")
struct MailAcceptanceTests {
    @Test("A mail becomes a ticket with its text, its files and its source, in one commit")
    func newTicket() async throws {
        try await Desk.open { desk in
            let raw = Mails.with {
                $0.subject = "=?utf-8?B?zprOsc67zrfOvM6tz4HOsQ==?="
                $0.headers = [
                    "Message-ID: <one@customer.example>", "MIME-Version: 1.0",
                    "Content-Type: multipart/mixed; boundary=x",
                ]
                $0.body = """
                    --x\r
                    Content-Type: text/plain; charset=utf-8\r
                    \r
                    See the picture.\r
                    --x\r
                    Content-Type: image/png; name=fire.png\r
                    Content-Disposition: attachment; filename=fire.png\r
                    Content-Transfer-Encoding: base64\r
                    \r
                    iVBORw0KGgo=\r
                    --x--\r
                    """
            }
            let commits = desk.store.statistics.commits
            let outcome = try await desk.accept(raw)
            #expect(desk.store.statistics.commits == commits + 1)
            let ticket = try await desk.ticket(outcome.ticketID)
            #expect(ticket.subject == "Καλημέρα" && ticket.channel == .email && ticket.status == .new)
            let message = try await desk.messages(ticket.id)[0]
            #expect(message.id == outcome.messageID && message.text.contains("See the picture.") && message.hasSource)
            #expect(message.attachments.map(\.filename) == ["fire.png"])
            let file = Chunks()
            try await desk.api.downloadAttachment(
                GetAttachmentRequest(id: message.attachments[0].id), desk.call(), file.stream)
            #expect(try file.bytes == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            let source = Chunks()
            try await desk.api.downloadSource(GetMessageRequest(id: message.id), desk.call(), source.stream)
            #expect(try source.bytes == raw)
        }
    }

    @Test("The same mail twice is one ticket; to another recipient it is another")
    func duplicates() async throws {
        try await Desk.open { desk in
            let first = try await desk.accept(Mails().bytes)
            let second = try await desk.accept(Mails().bytes)
            #expect(second.isRepeated && second.ticketID == first.ticketID && second.messageID == first.messageID)
            let other = try await desk.accept(Mails().bytes, to: "sales@desk.example")
            #expect(!other.isRepeated && other.ticketID != first.ticketID)
        }
    }

    @Test("A repeated or missing Message-ID swallows nothing")
    func repeatedMailID() async throws {
        try await Desk.open { desk in
            var tickets: Set<Int64> = []
            for (index, header) in ["<same@x>", "<same@x>", "", ""].enumerated() {
                let raw = Mails.with {
                    $0.body = "Mail \(index)"
                    if !header.isEmpty { $0.headers = ["Message-ID: \(header)"] }
                }
                tickets.insert(try await desk.accept(raw).ticketID)
            }
            #expect(tickets.count == 4)
        }
    }

    @Test("All that a mail brings about is journaled on the trace that it came by")
    func trace() async throws {
        try await Desk.open { desk in
            let before = try await desk.entries().count
            let traceID = try await TraceContext.beginning { trace in
                _ = try await desk.accept(Mails().bytes)
                return trace.traceID
            }
            let entries = try await desk.entries().dropFirst(before)
            #expect(entries.map { $0.body?.kind } == ["RequesterChanged", "TicketCreated", "MessageAdded"])
            #expect(entries.allSatisfy { TraceParent($0.traceParent)?.traceID == traceID })
        }
    }

    @Test("Mail goes to the mailbox of its recipient, and to the default one otherwise")
    func mailboxes() async throws {
        try await Desk.open { desk in
            let sales = try await desk.api.createMailbox(
                Mailbox(name: "Sales", address: "sales@desk.example", teamID: 4), desk.call())
            let named = try await desk.accept(Mails().bytes, to: "sales+spring@desk.example")
            #expect(try await desk.ticket(named.ticketID).mailboxID == sales.id)
            #expect(try await desk.ticket(named.ticketID).teamID == 4)
            let unknown = try await desk.accept(Mails().bytes, to: "nobody@desk.example")
            #expect(try await desk.ticket(unknown.ticketID).mailboxID == 1)
            let none = try await desk.accept(Mails().bytes, to: "")
            #expect(try await desk.ticket(none.ticketID).mailboxID == 1)
        }
    }

    @Test("What cannot be understood becomes a quarantined ticket with its source")
    func quarantine() async throws {
        try await Desk.open { desk in
            let raw: [UInt8] = [0xFF, 0xFE, 0x00, 0x01, 0x80]
            let outcome = try await desk.accept(raw, envelopeFrom: nil)
            #expect(outcome.isQuarantined)
            let ticket = try await desk.ticket(outcome.ticketID)
            #expect(ticket.quarantined)
            let message = try await desk.messages(ticket.id)[0]
            #expect(message.attachments.map(\.contentType) == ["message/rfc822"])
            let file = Chunks()
            try await desk.api.downloadAttachment(
                GetAttachmentRequest(id: message.attachments[0].id), desk.call(), file.stream)
            #expect(try file.bytes == raw)
            let context = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id), desk.call(Desk.operatorAccount))
            #expect(!context.answerable)
        }
    }

    @Test("A sender belongs to the organization of their domain")
    func organization() async throws {
        try await Desk.open { desk in
            let customer = try await desk.api.createOrganization(
                Organization(name: "Customer", domains: ["Customer.Example"]), desk.call())
            let outcome = try await desk.accept(Mails().bytes)
            #expect(try await desk.ticket(outcome.ticketID).organizationID == customer.id)
        }
    }

    @Test("Mail by RPC is the same, whether in the call or uploaded", arguments: [false, true])
    func byRPC(isUploaded: Bool) async throws {
        try await Desk.open { desk in
            let raw = Mails().bytes
            let call = desk.call(Desk.operatorAccount)
            var request = AcceptMailRequest(raw: raw, recipient: "support@desk.example")
            if isUploaded {
                let upload = try await desk.api.beginUpload(BeginUploadRequest(), call)
                let half = raw.count / 2
                let first = AppendUploadRequest(token: upload.token, offset: 0, data: Array(raw[..<half]))
                _ = try await desk.api.appendUpload(first, call)
                // A lost answer: the same chunk again.
                _ = try await desk.api.appendUpload(first, call)
                _ = try await desk.api.appendUpload(
                    AppendUploadRequest(token: upload.token, offset: Int64(half), data: Array(raw[half...])), call)
                request = AcceptMailRequest(uploadToken: upload.token, recipient: "support@desk.example")
            }
            let first = try await desk.api.acceptMail(request, call)
            let second = try await desk.api.acceptMail(request, call)
            #expect(!first.repeated && second.repeated && second.ticketID == first.ticketID)
            #expect(try await desk.accept(raw).isRepeated)
        }
    }
}
