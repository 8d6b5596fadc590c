import Store

/// What a store says of itself, by statements that both engines know.
struct StoreFacts: Sendable, Hashable {
    struct Cursor: Sendable, Hashable {
        var source: String
        var term: Int64
        var offset: Int64
    }

    /// Whose it is.
    var service = ""
    var term: Int64 = 0
    /// Where the journal ends by its counter, and when its last entry was made.
    var head: Int64 = 0
    var headAtMilliseconds: Int64 = 0
    /// The journal's entries themselves.
    var entries: Int64 = 0
    var firstOffset: Int64 = 0
    var lastOffset: Int64 = 0
    var lastTerm: Int64 = 0
    /// The first offset that is missing, when some are.
    var missingOffset: Int64?
    /// How far the journals of others are applied.
    var cursors: [Cursor] = []
    /// Names of the migrations that have run, oldest first.
    var seamMigrations: [String] = []
    var serviceMigrations: [String] = []
    /// Set while the store is being filled from another.
    var move: UnfinishedMove?

    init() {}

    /// Only how far others' journals are applied.
    init(cursorsOf store: any StoreInspector) throws {
        cursors = try store.rows("SELECT source, term, entry_offset FROM journal_cursor ORDER BY source", []).map {
            Cursor(source: try $0.text("source"), term: try $0.int("term"), offset: try $0.int("entry_offset"))
        }
    }

    /// All the rest.
    mutating func read(_ store: any StoreInspector) throws {
        move = try UnfinishedMove(in: store)
        for row in try store.rows("SELECT scope, name FROM store_migration ORDER BY place", []) {
            let name = try row.text("name")
            if try row.text("scope") == "store" { seamMigrations.append(name) } else { serviceMigrations.append(name) }
        }
        // One statement, and so one snapshot: the counter and the entries are of the same moment.
        let found = try store.rows(
            """
            SELECT service, term, journal_head, journal_at_ms,
                (SELECT count(*) FROM journal_entry) AS entries,
                (SELECT min(entry_offset) FROM journal_entry) AS first_offset,
                (SELECT max(entry_offset) FROM journal_entry) AS last_offset,
                (SELECT term FROM journal_entry ORDER BY entry_offset DESC LIMIT 1) AS last_term
            FROM store_meta
            """, [])
        guard let row = found.first else { return }
        service = try row.text("service")
        term = try row.int("term")
        head = try row.int("journal_head")
        headAtMilliseconds = try row.int("journal_at_ms")
        entries = try row.int("entries")
        firstOffset = try row.intOrNil("first_offset") ?? 0
        lastOffset = try row.intOrNil("last_offset") ?? 0
        lastTerm = try row.intOrNil("last_term") ?? 0
        guard entries > 0, entries != lastOffset - firstOffset + 1 else { return }
        missingOffset = try store.rows(
            """
            SELECT min(entry_offset) + 1 AS missing FROM journal_entry AS entry WHERE NOT EXISTS (
                SELECT 1 FROM journal_entry AS next WHERE next.entry_offset = entry.entry_offset + 1)
            """, []
        ).first?.intOrNil("missing")
    }

    /// The term of the entry at `offset`; nil where there is none.
    static func term(at offset: Int64, in store: any StoreInspector) throws -> Int64? {
        try store.rows("SELECT term FROM journal_entry WHERE entry_offset = ?", [.integer(offset)]).first?.int("term")
    }

    var schemaVersion: SchemaVersion {
        SchemaVersion(seam: seamMigrations.count, service: serviceMigrations.count)
    }
}
