import Model
import Wire

/// Reads a service's whole journal, up to where it ended when the reading began.
struct JournalScan {
    /// Who is said to read it.
    static let follower = "operator"
    /// How long one journal may take.
    static let timeout: Duration = .seconds(300)

    let client: JournalClient

    /// Ends a stream that would go on for ever.
    private struct HeadReached: Error {}

    /// - Parameter take: called with each entry, in order.
    func run(_ take: @escaping @Sendable (JournalEntry) async -> Void) async throws {
        let head = try await client.head(HeadRequest(), CallOptions(timeout: .seconds(10))).head
        guard head > 0 else { return }
        do {
            try await client.follow(FollowRequest(follower: Self.follower), CallOptions(timeout: Self.timeout)) {
                for entry in $0.entries where entry.offset <= head { await take(entry) }
                if let last = $0.entries.last, last.offset >= head { throw HeadReached() }
            }
        } catch is HeadReached {}
    }
}
