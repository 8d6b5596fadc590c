import Model
import Store
import Wire

/// Lets others follow this service's journal.
struct JournalService: JournalHandler {
    /// The most entries in one response.
    static let limitEntries = 500
    /// A response is closed once its entries have so many bytes.
    static let limitBytes = 256 * 1_024
    /// How often a follower who has everything hears so, with the head.
    static let heartbeat: Duration = .seconds(5)

    private let store: Store
    /// Set when the server drains: a stream without an end would hold it up.
    private let draining: Signal
    private let followers: Gauge

    init(store: Store, draining: Signal, metrics: MetricsRegistry) {
        self.store = store
        self.draining = draining
        followers = metrics.gauge(
            "firstline_journal_sent_offset", help: "Offset of the newest journal entry sent to a follower.",
            labels: ["follower"])
    }

    func follow(
        _ request: FollowRequest, _ context: CallContext, _ responses: ResponseStream<FollowResponse>
    ) async throws {
        try await check(request)
        // A label is a certificate's name, never what the caller says of itself.
        let name = context.caller.serviceName
        var sent = request.afterOffset
        while !Task.isCancelled && !draining.isSet {
            let after = sent
            let rows = try await store.read { try $0.entries(after: after, limit: Self.limitEntries) }
            let head = await store.head
            for batch in try batches(rows) {
                try await responses.send(
                    FollowResponse(entries: batch, term: head.term, head: max(head.offset, batch.last!.offset)))
            }
            sent = rows.last?.offset ?? sent
            followers.set(Double(sent), [name])
            if rows.isEmpty { try await responses.send(FollowResponse(term: head.term, head: head.offset)) }
            if rows.count < Self.limitEntries { await waitForEntry(after: sent) }
        }
        throw RPCError(.unavailable, "the service stops", detail: ErrorDetail(code: "draining"))
    }

    func head(_ request: HeadRequest, _ context: CallContext) async throws -> HeadResponse {
        let head = await store.head
        return HeadResponse(term: head.term, head: head.offset)
    }

    /// Returns at the next entry, after a heartbeat, or when the server drains.
    private func waitForEntry(after offset: Int64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await store.waitForHead(after: offset, timeout: Self.heartbeat) }
            group.addTask { await draining.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// A place fits when the journal holds the very entry that the follower saw last.
    private func check(_ request: FollowRequest) async throws {
        guard request.afterOffset >= 0, request.term >= 0 else {
            throw RPCError.invalidField("after_offset", "must not be negative")
        }
        if request.afterOffset == 0 { return }
        let last = request.afterOffset - 1
        let row = try await store.read { try $0.entries(after: last, limit: 1).first }
        guard let row, row.offset == request.afterOffset, row.term == request.term else {
            let term = await store.head.term
            throw RPCError(
                .failedPrecondition,
                "entry \(request.afterOffset) of term \(request.term) is not in this journal, whose term is \(term)",
                detail: ErrorDetail(code: "term_mismatch"))
        }
    }

    private func batches(_ rows: [JournalRow]) throws -> [[JournalEntry]] {
        var batches: [[JournalEntry]] = []
        var bytes = 0
        for row in rows {
            let entry = try JournalEntry(row)
            bytes += row.body.count + Self.entryBytes
            if batches.isEmpty || bytes > Self.limitBytes {
                batches.append([])
                bytes = row.body.count + Self.entryBytes
            }
            batches[batches.count - 1].append(entry)
        }
        return batches
    }

    /// What an entry weighs beside its body, roughly.
    private static let entryBytes = 100
}

/// Names of the journal's methods.
enum JournalMethod {
    static let follow = "firstline.v1.Journal/Follow"
}
