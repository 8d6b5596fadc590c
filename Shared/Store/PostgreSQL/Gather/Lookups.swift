/// Answers to lookups that are still true: only the one writer changes its store, so that an answer holds until the writer itself writes a
/// row that could be in it. Requests so find what was looked up for the whole batch at once, and what hardly ever changes.
struct Lookups {
    private var tables: [String: [StatementText: Answers]] = [:]
    private var count = 0

    private struct Answers {
        let columns: [String]
        var rows: [[Value]: [Row]] = [:]
    }

    /// Answers kept at most; then all are forgotten.
    static let mostAnswers = 8_192
    /// The largest answer that is kept.
    static let mostBytes = 2_048

    func rows(_ sql: String, _ shape: LookupShape, _ key: [Value]) -> [Row]? {
        tables[shape.table]?[StatementText(sql)]?.rows[key]
    }

    mutating func keep(_ rows: [Row], _ sql: String, _ shape: LookupShape, _ key: [Value]) {
        guard rows.reduce(0, { $0 + $1.values.sizeBytes }) <= Self.mostBytes else { return }
        if count >= Self.mostAnswers { forget() }
        count += 1
        tables[shape.table, default: [:]][StatementText(sql), default: Answers(columns: shape.columns)].rows[key] = rows
    }

    /// A row is written, which may be in answers to the same values.
    mutating func wrote(_ row: [Value], to insert: InsertShape) {
        guard tables[insert.table] != nil else { return }
        for text in tables[insert.table]!.keys {
            if let key = insert.key(tables[insert.table]![text]!.columns, of: row) {
                tables[insert.table]![text]!.rows[key] = nil
            } else {
                tables[insert.table]![text] = nil
            }
        }
    }

    /// A statement of those words may have changed anything in the tables that it names.
    mutating func wrote(_ words: Set<String>) {
        for table in tables.keys where words.contains(table) { tables[table] = nil }
    }

    mutating func forget() {
        tables.removeAll(keepingCapacity: true)
        count = 0
    }
}
