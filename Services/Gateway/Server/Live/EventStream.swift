import Model
import Store

/// One client's live stream: what it missed, then what comes, until it goes or may no longer see it.
struct EventStream: Sendable {
    let store: Store
    let authenticator: Authenticator
    let call: HTTPCall
    let identity: Identity
    let audience: EventAudience
    let ticketID: Int64
    /// The event after which it begins.
    let start: Int64
    /// Whether events after `start` are no longer kept.
    let hasGap: Bool

    func run(_ subscription: EventHub.Subscription, _ writer: any AnswerWriter) async throws {
        try await write("retry: 2000\n\n", writer)
        if hasGap { try await write("event: reset\ndata: {\"kind\":\"reset\"}\n\n", writer) }
        var place = try await send(after: start, writer)
        for await _ in subscription.calls {
            // A revoked token or an ended session sees nothing more.
            guard let now = try? await authenticator.identity(of: call), now.caller == identity.caller else { return }
            let before = place
            place = try await send(after: place, writer)
            if place == before { try await write(": alive\n\n", writer) }
        }
    }

    /// Sends everything after a place; answers the new place.
    private func send(after place: Int64, _ writer: any AnswerWriter) async throws -> Int64 {
        var place = place
        while true {
            let (after, ticketID, audience) = (place, ticketID, audience)
            let events = try await store.read { reader in
                try reader.events(after: after, ticketID: ticketID, audience, limit: Desk.eventBatch)
            }
            if events.isEmpty { return place }
            let text = events.map { "id: \($0.id)\nevent: \($0.kind)\ndata: \($0.data)\n\n" }.joined()
            try await write(text, writer)
            place = events.last?.id ?? place
        }
    }

    private func write(_ text: String, _ writer: any AnswerWriter) async throws {
        try await writer.write(Array(text.utf8))
    }
}
