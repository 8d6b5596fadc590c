import FirstlineTesting
import FoundationEssentials
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

/// A whole Intake in a folder of its own, called in-process.
final class Desk: Sendable {
    let store: Store
    let blobs: any BlobStore
    let api: IntakeAPI
    let clock = TestClock()
    private let folder: String

    static let agent = Caller(role: .agent, userID: 7)
    static let operatorAccount = Caller(role: .admin, serviceName: "operator")
    static let gateway = Caller(role: .service, serviceName: "gateway")

    private init() async throws {
        folder = FileManager.default.temporaryDirectory.path + "/firstline-intake-\(RandomToken.make())"
        store = try Store.open(
            StoreConfiguration(
                folder: folder, service: "intake", migrations: Schema.migrations, database: TestDatabase.at(folder)),
            clock: clock)
        blobs = store.blobs(folder: folder, clock: clock)
        api = IntakeAPI(mail: MailAcceptance(store: store, blobs: blobs, authservIDs: ["mx.desk.example"])) { _, _ in }
        try await FirstStart.prepare(store, mailboxAddress: "support@desk.example")
    }

    /// Runs `body` on a fresh desk and clears it away.
    static func open<Result>(_ body: (Desk) async throws -> Result) async throws -> Result {
        let desk = try await Desk()
        do {
            let result = try await body(desk)
            await desk.close()
            return result
        } catch {
            await desk.close()
            throw error
        }
    }

    private func close() async {
        await store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func call(_ caller: Caller = agent, key: String? = nil) -> CallContext {
        var metadata = Metadata()
        metadata[Metadata.idempotencyKey] = key
        return CallContext(method: "firstline.v1.Intake/Test", caller: caller, metadata: metadata)
    }

    /// What a message of the protocol may have (PROTOCOL.md, Limits).
    static let mostAnswerBytes = 4 * 1_024 * 1_024

    @discardableResult
    func createTicket(
        _ subject: String = "Printer on fire", body: String = "It burns.",
        from email: String = "maria@customer.example",
        by caller: Caller = agent, change: (inout CreateTicketRequest) -> Void = { _ in }
    ) async throws -> Ticket {
        var request = CreateTicketRequest(
            subject: subject, body: body, requester: RequesterReference(email: email, name: "Maria"))
        change(&request)
        return try #require(try await api.createTicket(request, call(caller)).ticket)
    }

    func ticket(_ id: Int64, by caller: Caller = agent) async throws -> Ticket {
        try await api.getTicket(GetTicketRequest(id: id), call(caller))
    }

    func messages(_ ticketID: Int64, by caller: Caller = agent) async throws -> [Message] {
        try await api.listMessages(ListMessagesRequest(ticketID: ticketID), call(caller)).messages
    }

    func history(_ ticketID: Int64) async throws -> [HistoryEvent] {
        try await api.listHistory(ListHistoryRequest(ticketID: ticketID), call()).events
    }

    func entries() async throws -> [JournalEntry] {
        try await store.read { try $0.entries(after: 0, limit: 10_000).map { try JournalEntry($0) } }
    }

    /// The address that leads to a ticket.
    func replyAddress(_ ticketID: Int64) async throws -> String {
        try await api.getMailContext(GetMailContextRequest(ticketID: ticketID), call(Self.operatorAccount)).replyAddress
    }

    func requester(_ ticket: Ticket) -> Caller {
        Caller(role: .requester, requesterID: ticket.requester?.id ?? 0)
    }
}
