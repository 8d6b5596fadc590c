import Store

/// Whether each journal is gapless and ends where its counter says.
struct JournalsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var entries: Int64 = 0
        for (service, store) in context.served.sorted(by: { $0.key < $1.key }) {
            guard let facts = store.facts else { continue }
            entries += facts.entries
            findings += Self.findings(service, facts)
            if context.isThorough, let inspector = store.inspector { findings += Self.order(service, inspector) }
        }
        return CheckReport("journals", .data, "\(entries) entries without a gap", findings)
    }

    static func findings(_ service: String, _ facts: StoreFacts) -> [Finding] {
        var findings: [Finding] = []
        func add(_ code: String, _ text: String) {
            findings.append(Finding(.error, code, service: service, text, advice: cure))
        }
        if facts.entries > 0, facts.firstOffset != 1 {
            add("journal_beginning", "its journal begins at \(facts.firstOffset): the first entries are gone")
        }
        if let missing = facts.missingOffset { add("journal_gap", "entry \(missing) of its journal is missing") }
        if facts.lastOffset != facts.head {
            add("journal_head", "its journal ends at \(facts.lastOffset), and its counter says \(facts.head)")
        }
        if facts.lastTerm > facts.term {
            add("journal_term", "its last entry is of term \(facts.lastTerm), after its present term \(facts.term)")
        }
        return findings
    }

    /// Times and terms never go back.
    private static func order(_ service: String, _ store: any StoreInspector) -> [Finding] {
        do {
            let found = try store.rows(
                """
                SELECT entry.entry_offset FROM journal_entry AS entry
                JOIN journal_entry AS before ON before.entry_offset = entry.entry_offset - 1
                WHERE entry.at_ms < before.at_ms OR entry.term < before.term
                ORDER BY entry.entry_offset LIMIT 1
                """, [])
            guard let offset = try found.first?.int("entry_offset") else { return [] }
            return [
                Finding(
                    .error, "journal_order", service: service,
                    "entry \(offset) of its journal is older than the one before it", advice: cure)
            ]
        } catch {
            return [
                Finding(
                    .warning, "journal_unchecked", service: service,
                    "the look at its journal did not come to its end: \(StoreAnswers.said(error))",
                    advice: "repeat it when there is less to do, or with the service stopped")
            ]
        }
    }

    private static let cure =
        "followers refuse such a journal: stop everything and restore all services from the same backup (`firstline restore DIR --replace`)"
}
