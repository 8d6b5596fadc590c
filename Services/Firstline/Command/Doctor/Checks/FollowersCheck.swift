import Store

/// Whether each service's place in the journals of others is a place in those journals, and how far behind it is.
struct FollowersCheck: DoctorCheck {
    /// A running follower should not be further behind.
    static let longLag: Int64 = 10_000
    static let restoreAdvice =
        "one of the two was restored without the other: stop everything and restore all services from the same backup (`firstline restore DIR --replace`)"

    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var lag: Int64 = 0
        var count = 0
        for (service, store) in context.served.sorted(by: { $0.key < $1.key }) {
            for cursor in store.facts?.cursors ?? [] {
                guard let source = context.served[cursor.source], let head = source.facts else { continue }
                count += 1
                lag += max(0, head.head - cursor.offset)
                var term: Int64?
                if let inspector = source.inspector, cursor.offset <= head.head {
                    do {
                        term = try StoreFacts.term(at: cursor.offset, in: inspector)
                    } catch {
                        // A damaged journal is told of elsewhere.
                        continue
                    }
                }
                findings += Self.findings(
                    service, cursor, head: head.head, term: term, isRunning: context.isRunning)
            }
        }
        return CheckReport(
            "followers", .data, "\(count) places fit, \(lag == 0 ? "none behind" : "\(lag) entries behind together")",
            findings)
    }

    /// - Parameters:
    ///   - head: where the source's journal ends.
    ///   - term: of the entry at the cursor's offset; nil when there is no such entry.
    static func findings(
        _ service: String, _ cursor: StoreFacts.Cursor, head: Int64, term: Int64?, isRunning: Bool
    ) -> [Finding] {
        let place = "\(cursor.term):\(cursor.offset)"
        if cursor.offset > head {
            return [
                Finding(
                    .error, "cursor_beyond_head", service: service,
                    "it has applied \(cursor.source) up to \(place), beyond the journal's head \(head)",
                    advice: restoreAdvice)
            ]
        }
        if cursor.offset > 0, term != cursor.term {
            let found = term.map { "is of term \($0)" } ?? "is not there"
            return [
                Finding(
                    .error, "cursor_term", service: service,
                    "it has applied \(cursor.source) up to \(place), and entry \(cursor.offset) there \(found)",
                    advice: restoreAdvice)
            ]
        }
        guard isRunning, head - cursor.offset > longLag else { return [] }
        return [
            Finding(
                .warning, "follower_behind", service: service,
                "it is \(head - cursor.offset) entries behind \(cursor.source)",
                advice: "look whether the lag shrinks (`firstline status`); if not, its log says what it cannot apply")
        ]
    }
}
