import HTTPTypes
import Model
import Store

extension Desk {
    /// How many events are read at once.
    static let eventBatch = 200

    /// The live stream (HTML, section 9.2 "Server-sent events").
    func streamEvents(_ call: APICall) async throws -> Answer {
        let audience: EventAudience = call.caller.role == .requester ? .requester(call.caller.requesterID) : .staff
        guard call.caller.role.isStaff || call.caller.role == .requester else {
            throw Problem.forbidden("Not for you.")
        }
        let ticketID = call.integer("ticket_id") ?? 0
        let asked = call.http.headers[.lastEventID].flatMap { Int64($0) } ?? call.integer("after")
        let (oldest, newest) = try await store.read { (try $0.oldestEventID(), try $0.newestEventID()) }
        let owner = call.caller.identity
        guard !hub.isFull(for: owner) else {
            throw Problem(
                .serviceUnavailable, "too_many_streams", "Too many streams are open.", headers: [.retryAfter: "5"])
        }
        let start = min(asked ?? newest, newest)
        let stream = EventStream(
            store: store, authenticator: authenticator, call: call.http, identity: call.identity, audience: audience,
            ticketID: ticketID, start: start, hasGap: asked != nil && oldest > start + 1)
        return Answer(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8"],
            body: .stream(length: nil) { [hub] writer in
                guard let subscription = hub.subscribe(owner) else { return }
                defer { hub.unsubscribe(subscription) }
                try await stream.run(subscription, writer)
            })
    }
}
