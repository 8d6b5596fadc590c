/// Answers to lookups that are still true: only the one writer changes its store, so that an answer holds until the writer itself writes a
/// row that could be in it. Requests so find what was looked up for the whole batch at once, and what hardly ever changes.
struct Lookups {
    private var tables: [String: [StatementText: Answers]] = [:]
    private var count = 0

    private struct Answers {
        let columns: [String]
        var rows: [ExactKey: [Row]] = [:]
    }

    /// Answers kept at most; then all are forgotten.
    static let mostAnswers = 8_192
    /// The largest answer that is kept, with its question.
    static let mostBytes = 2_048
    /// What a row takes beside its values.
    private static let rowBytes = 64

    func rows(_ sql: String, _ shape: LookupShape, _ key: ExactKey) -> [Row]? {
        tables[shape.table]?[StatementText(sql)]?.rows[key]
    }

    mutating func keep(_ rows: [Row], _ sql: String, _ shape: LookupShape, _ key: ExactKey) {
        let size = rows.reduce(key.sizeBytes) { $0 + Self.rowBytes + $1.values.sizeBytes }
        guard size <= Self.mostBytes else { return }
        if count >= Self.mostAnswers { forget() }
        count += 1
        tables[shape.table, default: [:]][StatementText(sql), default: Answers(columns: shape.columns)].rows[key] = rows
    }

    /// A row is written, which may be in answers to the same values.
    mutating func wrote(_ row: [Value], to insert: InsertShape) {
        guard var answers = tables.removeValue(forKey: insert.table) else { return }
        for text in Array(answers.keys) {
            if let key = insert.key(answers[text]?.columns ?? [], of: row) {
                answers[text]?.rows[ExactKey(key)] = nil
            } else {
                answers[text] = nil
            }
        }
        tables[insert.table] = answers
    }

    /// A statement of those words may have changed anything in the tables that it names.
    mutating func wrote(_ words: Set<String>) {
        for table in Array(tables.keys) where words.contains(table) { tables[table] = nil }
    }

    mutating func forget() {
        tables.removeAll(keepingCapacity: true)
        count = 0
    }
}
