import FirstlineTesting
import FoundationEssentials
import Store
import Synchronization
import Testing

@Suite("Moving a store", .postgresOnly)
struct MoveTests {
    static let migrations = [
        TemporaryStore.notes,
        Migration(
            "notes-2",
            sqlite: """
                CREATE TABLE label (
                    name TEXT NOT NULL,
                    note_id INTEGER NOT NULL REFERENCES note (id),
                    PRIMARY KEY (name, note_id)
                ) STRICT, WITHOUT ROWID;
                """),
    ]

    let temporary = TemporaryStore()

    @Test("Everything is there again: rows, journal, answers, files, and the next numbers")
    func whole() async throws {
        try await fill(notes: 20)
        let there = try await move(.sqlite, postgres, to: "away")
        #expect(there.outcome == .moved && there.differences.isEmpty)
        let store = try open(postgres, "away")
        #expect(try await store.countNotes() == 20)
        #expect(await store.head.offset == 20)
        #expect(try await store.add(note: "the next") == 21)
        #expect(await store.head == JournalPosition(term: there.term, offset: 21))
        let answer = try await store.write("again") {
            try $0.remember(caller: "c", method: "m", key: "new", requestHash: [2], response: [2])
            return try $0.remembered(caller: "c", method: "m", key: "k", requestHash: [1])
        }
        #expect(answer == [9])
        await store.close()

        let back = try await move(postgres, .sqlite, to: "back")
        #expect(back.outcome == .moved && back.differences.isEmpty && back.head == 21 && back.blobs == 3)
        let again = try open(.sqlite, "back")
        #expect(try await again.countNotes() == 21)
        #expect(await again.head == JournalPosition(term: there.term, offset: 21))
        let blobs = again.blobs(folder: folder("back"))
        #expect(try await blobs.all(Self.small, limit: 10) == Array("small".utf8))
        #expect(try await blobs.hashes(after: "", limit: 10).count == 3)
        await again.close()
    }

    @Test("A move that is cut short anywhere goes on, and nobody serves what is there meanwhile")
    func cutShort() async throws {
        try await fill(notes: 1_200)
        var runs = 0
        while true {
            let steps = Mutex(0)
            let task = Task { [runs] in
                try await move(.sqlite, postgres, to: "away") { _ in
                    steps.withLock { $0 += 1 }
                    // Each run comes some steps farther.
                    if steps.withLock({ $0 }) > runs + 1 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            do {
                let report = try await task.value
                #expect(report.outcome == .moved && report.differences.isEmpty && report.rows > 2_400)
                break
            } catch is CancellationError {
                runs += 1
                #expect(throws: StoreError.unfinishedMove) { try open(postgres, "away") }
            }
        }
        #expect(runs > 5)
        #expect(try await move(.sqlite, postgres, to: "away").outcome == .movedBefore)
        await (try open(postgres, "away")).close()
    }

    @Test("What differs is named, and the new store stays closed")
    func different() async throws {
        try await fill(notes: 3)
        let task = Task {
            try await move(.sqlite, postgres, to: "away") {
                if $0.step == .checkingRows { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let old = try open(.sqlite, nil)
        try await old.write("tamper") { try $0.execute("UPDATE note SET text = 'changed' WHERE id = 2") }
        await old.close()
        let report = try await move(.sqlite, postgres, to: "away")
        #expect(report.outcome == .different)
        #expect(report.differences.map(\.description) == ["note id 2: differs in text"])
        #expect(throws: StoreError.unfinishedMove) { try open(postgres, "away") }
    }

    @Test("A store of its own, another one's beginning and an old store that goes on are refused")
    func refused() async throws {
        await #expect(throws: MoveRefusal.noStore(place: temporary.folder)) {
            try await move(.sqlite, postgres, to: "away")
        }
        try await fill(notes: 1)
        let other = try open(postgres, "away")
        // At the same moment of the test's clock it would begin the same term.
        try await other.beginTerm()
        try await other.add(note: "its own")
        await other.close()
        await #expect(throws: MoveRefusal.self) { try await move(.sqlite, postgres, to: "away") }
        await #expect(throws: MoveRefusal.sameEngine) { try await move(.sqlite, .sqlite, to: "x") }
    }

    private static let small = "81db8ebbbbc69c6c6ad4a6aa92b76e0c08af547da236b9e2c9dbe1d8285a8130"

    private var postgres: StoreDatabase { TestDatabase.at(temporary.folder) }

    private func folder(_ name: String?) -> String { temporary.folder + (name.map { "/" + $0 } ?? "") }

    private func configuration(_ database: StoreDatabase, _ name: String?) -> StoreConfiguration {
        StoreConfiguration(
            folder: folder(name), service: "notes", migrations: Self.migrations, database: database)
    }

    private func open(_ database: StoreDatabase, _ name: String?) throws -> Store {
        try Store.open(configuration(database, name), clock: temporary.clock)
    }

    private func move(
        _ from: StoreDatabase, _ to: StoreDatabase, to name: String,
        progress: @escaping @Sendable (MoveProgress) -> Void = { _ in }
    ) async throws -> MoveReport {
        try await StoreMove(
            from: configuration(from, from == .sqlite ? nil : "away"), to: configuration(to, name), rebuilt: nil,
            clock: temporary.clock
        ).run(progress: progress)
    }

    /// An SQLite store with notes, labels, a journal, an answer, a blob in a row, a large file, and a small one of an older release.
    private func fill(notes: Int) async throws {
        let store = try open(.sqlite, nil)
        for number in 1...notes {
            let id = try await store.add(note: "note \(number)")
            try await store.write("label") {
                try $0.execute("INSERT INTO label (name, note_id) VALUES (?, ?)", [.text("é \(id % 7)"), .integer(id)])
                try $0.execute(
                    "UPDATE note SET weight = 0.5, picture = ? WHERE id = ?", [.blob([0, 255]), .integer(id)])
            }
        }
        try await store.write("remember") {
            try $0.remember(caller: "c", method: "m", key: "k", requestHash: [1], response: [9])
        }
        let blobs = store.blobs(folder: temporary.folder)
        _ = try await blobs.put(Array("in a row".utf8))
        _ = try await blobs.put(Array(repeating: 7, count: 9 << 20))
        await store.close()
        _ = try await FileBlobStore(folder: temporary.folder).put(Array("small".utf8))
    }
}
