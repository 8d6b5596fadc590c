import Store
import Testing

/// Requests of one batch share statements and answers; nobody may notice.
@Suite("Requests that share statements")
struct SharedStatementsTests {
    static let table = Migration(
        "shared-1",
        sqlite: """
            CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
            CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE thing (
                id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owner (id),
                size INTEGER CHECK (size <> 13), picture BLOB
            ) STRICT;
            """)

    struct Differs: Error {
        let sql: String
    }

    /// One step of a request, with what it chose; the journal tells it, so that the tables can be made once more from there.
    enum Step {
        case set(String, Int64), unset(String), raise, own(String), add(owner: Int64, size: Int64?), look(String)

        static func random(_ random: inout SeededRandom) -> Step {
            let name = "n\(Int.random(in: 0..<12, using: &random))"
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<3: return .set(name, Int64.random(in: 0..<100, using: &random))
            case 3: return .unset(name)
            case 4: return .raise
            case 5..<7: return .own("\(name).\(Int.random(in: 0..<40, using: &random))")
            case 7..<10:
                let size = Int64.random(in: 0..<40, using: &random)
                return .add(owner: .random(in: 1..<12, using: &random), size: size == 0 ? nil : size)
            default: return .look(name)
            }
        }

        func run(_ transaction: Transaction) throws {
            switch self {
            case .set(let name, let value):
                try transaction.execute(
                    """
                    INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                    """, [.text(name), .integer(value)])
            case .unset(let name): try transaction.execute("DELETE FROM setting WHERE name = ?", [.text(name)])
            case .raise: try transaction.execute("UPDATE setting SET value = value + 1")
            case .own(let name):
                try transaction.execute(
                    "INSERT INTO owner (id, name) VALUES (?, ?)",
                    [.integer(try transaction.nextID("owner")), .text(name)])
            case .add(let owner, let size):
                try transaction.execute(
                    "INSERT INTO thing (id, owner_id, size, picture) VALUES (?, ?, ?, ?)",
                    [.integer(try transaction.nextID("thing")), .integer(owner), Value(size), .blob([1, 0, 2])])
            case .look(let name):
                try Self.same("SELECT value FROM setting WHERE name = ?", "ORDER BY name", [.text(name)], transaction)
                try Self.same("SELECT * FROM owner WHERE name = ?", "ORDER BY id", [.text(name + ".1")], transaction)
            }
        }

        /// A lookup, which need not wait for the rows on their way, says what a question that does says.
        private static func same(
            _ lookup: String, _ order: String, _ values: [Value], _ transaction: Transaction
        ) throws {
            let found = try transaction.rows(lookup, values)
            guard try transaction.rows("\(lookup) \(order)", values) == found else { throw Differs(sql: lookup) }
        }
    }

    private static func tables(_ store: Store) async throws -> [[Row]] {
        try await store.read { reader in
            try ["setting ORDER BY name", "owner ORDER BY id", "thing ORDER BY id"].map {
                try reader.rows("SELECT * FROM \($0)")
            }
        }
    }

    @Test("Sharing a batch or each alone: the same rows, answers and refusals", arguments: 0..<8 as Range<UInt64>)
    func equal(seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let requests = (0..<400).map { _ in
            (0..<Int.random(in: 1...6, using: &random)).map { _ in Step.random(&random) }
        }
        let (together, alone) = (TemporaryStore(), TemporaryStore())
        let store = try together.open(migrations: [Self.table])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, steps) in requests.enumerated() {
                group.addTask { try await Self.perform(number, steps, store) }
            }
            try await group.waitForAll()
        }
        // What was done, in the order in which it was done, once more and one by one.
        let done = try await store.read { try $0.entries(after: 0, limit: 1_000) }.map { Int($0.ticketID) }
        let second = try alone.open(migrations: [Self.table])
        for number in done { try await Self.perform(number, requests[number], second) }
        #expect(try await second.read { try $0.entries(after: 0, limit: 1_000) }.map { Int($0.ticketID) } == done)
        #expect(try await Self.tables(store) == Self.tables(second))
        #expect(done.count > 50)
        await store.close()
        await second.close()
    }

    /// Refusals are a part of the play; an answer that differs is not.
    private static func perform(_ number: Int, _ steps: [Step], _ store: Store) async throws {
        do {
            try await store.write(
                "steps",
                ahead: { reader in
                    _ = try reader.row("SELECT value FROM setting WHERE name = ?", ["n3"])
                    for case .look(let name) in steps {
                        _ = try reader.row("SELECT value FROM setting WHERE name = ?", [.text(name)])
                        _ = try reader.rows("SELECT * FROM owner WHERE name = ?", [.text(name + ".1")])
                    }
                }
            ) { transaction in
                for step in steps { try step.run(transaction) }
                try transaction.append(JournalRecord(kind: "done", ticketID: Int64(number)))
            }
        } catch StoreError.constraint {
            return
        } catch StoreError.transactionEnded {
            return
        }
    }

    @Test("Names that look alike are two names")
    func alike() async throws {
        let temporary = TemporaryStore()
        let store = try temporary.open(migrations: [Self.table])
        let sql = "SELECT value FROM setting WHERE name = ?"
        let names = ["jos\u{E9}", "jose\u{301}"]
        let found = try await store.write("alike") { transaction in
            for (value, name) in names.enumerated() {
                guard try transaction.row(sql, [.text(name)]) == nil else { throw Differs(sql: sql) }
                try transaction.execute(
                    "INSERT INTO setting (name, value) VALUES (?, ?)", [.text(name), .integer(Int64(value))])
            }
            return try names.map { try transaction.row(sql, [.text($0)])?.int("value") }
        }
        #expect(found == [0, 1])
        await store.close()
    }

    @Test("What a request looks up ahead is what it finds, and asking for nonsense harms nobody")
    func ahead() async throws {
        let temporary = TemporaryStore()
        let store = try temporary.open(migrations: [Self.table])
        let sql = "SELECT value FROM setting WHERE name = ?"
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await store.write(
                        "ahead",
                        ahead: { reader in
                            _ = try reader.row(sql, [.text("n\(number / 2)")])
                            if number % 10 == 0 { _ = try reader.row("SELECT nothing FROM nowhere WHERE a = ?", [1]) }
                        }
                    ) { transaction in
                        let name = Value.text("n\(number / 2)")
                        let before = try transaction.row(sql, [name])?.int("value") ?? 0
                        try transaction.execute(
                            """
                            INSERT INTO setting (name, value) VALUES (?, ?)
                            ON CONFLICT (name) DO UPDATE SET value = excluded.value
                            """, [name, .integer(before + 1)])
                        return before
                    }
                }
            }
            let found = try await group.reduce(into: [Int64: Int]()) { $0[$1, default: 0] += 1 }
            #expect(found == [0: 50, 1: 50])
        }
        let rows = try await store.read { try $0.rows("SELECT value FROM setting") }
        #expect(rows.count == 50 && rows.allSatisfy { $0.values == [2] })
        await store.close()
    }
}
