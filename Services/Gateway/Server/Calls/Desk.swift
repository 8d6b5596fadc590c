import HTTPTypes
import Logging
import Model
import Store
import Wire

/// What the API and the console do with the owners' answers: compose them, and add what the gateway itself knows.
struct Desk: Sendable {
    let peers: Peers
    let store: Store
    let calls: GatewayCalls
    let hub: EventHub
    let authenticator: Authenticator
    let logger: Logger

    /// How long a ticket waits for its deadlines before it goes without.
    static let deadlinesTimeout: Duration = .seconds(2)
    /// The most tickets asked for at once.
    static let deadlinesLimit = 200

    /// The due times of tickets; nil while the SLA timer is away.
    func deadlines(of ids: [Int64], _ caller: Caller, _ options: CallOptions) async -> [Int64: Deadlines]? {
        guard caller.role != .requester, !ids.isEmpty else { return [:] }
        var options = options
        options.timeout = Self.deadlinesTimeout
        do {
            let answer = try await peers.slaTimer.listDeadlines(
                ListDeadlinesRequest(ticketIDs: Array(ids.prefix(Self.deadlinesLimit))), options)
            return Dictionary(answer.deadlines.map { ($0.ticketID, $0) }) { old, _ in old }
        } catch {
            logger.notice("tickets go without deadlines", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// The names of users behind ids.
    func names(_ ids: Set<Int64>) async throws -> [Int64: String] {
        try await store.read { try $0.userNames(ids) }
    }

    func names(of actors: [Actor?]) async throws -> [Int64: String] {
        try await names(Set(actors.compactMap { $0?.kind == .agent ? $0?.id : nil }))
    }

    /// One ticket as JSON, marked stale when its deadlines are missing.
    func answer(_ ticket: Ticket, _ call: APICall, status: Answer.Status = .ok, place: Place? = nil) async -> Answer {
        let deadlines = await deadlines(of: [ticket.id], call.caller, call.readOptions)
        var answer = Answer.json(.ticket(ticket, deadlines?[ticket.id]), status)
            .with(.eTag, "\"\(ticket.version)\"").with(.stale, deadlines == nil ? "sla" : nil)
        if let place { answer = answer.with(.place, "\(place.service):\(place.term):\(place.offset)") }
        return answer
    }

    /// A page of items.
    static func page(_ items: [JSONValue], _ nextCursor: String) -> JSONValue {
        ["items": .array(items), "next_cursor": .text(nextCursor)]
    }

    /// The context of a call to the gateway's own methods.
    func context(_ call: APICall, _ method: String) -> CallContext {
        CallContext(method: "firstline.v1.Gateway/\(method)", caller: call.caller, metadata: call.metadata)
    }
}
