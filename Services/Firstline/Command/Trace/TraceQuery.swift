import Model

/// What is looked for: one trace, or everything about one ticket, whichever traces that was on.
struct TraceQuery: Sendable {
    enum Subject: Sendable, Hashable {
        /// 32 hexadecimal digits in lower case.
        case trace(String)
        case ticket(Int64)
    }

    let subject: Subject
    /// Traces whose log lines belong to it.
    private(set) var traceIDs: Set<String>

    init(_ subject: Subject) {
        self.subject = subject
        if case .trace(let id) = subject { traceIDs = [id] } else { traceIDs = [] }
    }

    /// The trace that an operator names: its id, or a whole `traceparent` as a mail or an answer carries it. Nil for anything else.
    static func traceID(_ text: String) -> String? {
        let text = text.lowercased()
        return (TraceParent(text) ?? TraceParent("00-\(text)-0000000000000001-01"))?.traceID
    }

    /// Whether an entry belongs to it.
    func wants(_ entry: JournalEntry) -> Bool {
        switch subject {
        case .trace(let id): Self.names(entry.traceParent, id)
        case .ticket(let id): entry.ticketID == id
        }
    }

    /// An entry that belongs to it was found: its trace's log lines do too.
    mutating func found(_ entry: JournalEntry) {
        if let trace = TraceParent(entry.traceParent) { traceIDs.insert(trace.traceID) }
    }

    /// Texts of which a line of the log must hold one to belong to it.
    var marks: [String] {
        guard case .ticket(let id) = subject else { return Array(traceIDs) }
        return traceIDs + ["\"\(id)\""]
    }

    /// Whether a log line belongs to it.
    func wants(_ line: TraceLogLine) -> Bool {
        if let id = line.traceID, traceIDs.contains(id) { return true }
        guard case .ticket(let id) = subject else { return false }
        return line.ticketID == id
    }

    /// Most entries are not wanted, so this takes no header apart.
    private static func names(_ traceParent: String, _ id: String) -> Bool {
        traceParent.utf8.dropFirst(3).starts(with: id.utf8)
    }
}
