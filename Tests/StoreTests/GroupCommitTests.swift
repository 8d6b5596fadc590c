import Dispatch
import FirstlineTesting
import Store
import Synchronization
import Testing

@Suite("Group commit")
struct GroupCommitTests {
    struct Refused: Error {}

    let temporary = TemporaryStore()

    /// Runs `writes` so that they all wait for the writer at once: a first write holds it until each has set out.
    private func together(
        _ store: Store, _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let gate = DispatchSemaphore(value: 0)
        let setOut = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (isHeld, held) = AsyncStream<Void>.makeStream()
            group.addTask {
                try await store.write("hold") { _ in
                    held.finish()
                    gate.wait()
                }
            }
            for await _ in isHeld {}
            for number in 0..<count {
                group.addTask {
                    if setOut.next() == count {
                        gate.signal()
                    }
                    try await body(number)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("Concurrent writers share commits, and none is lost")
    func sharing() async throws {
        let store = try temporary.open()
        try await together(store, 400) { try await store.add(note: "\($0)") }
        let statistics = store.statistics
        #expect(statistics.writes == 401)
        #expect(statistics.commits < 20)
        #expect(statistics.largestBatch > 16)
        #expect(try await store.countNotes() == 400)
        await store.close()
    }

    @Test("A request that throws leaves nothing, and its neighbours stay")
    func isolation() async throws {
        let store = try temporary.open()
        try await together(store, 100) { number in
            if number.isMultiple(of: 2) {
                try await store.add(note: "\(number)")
            } else {
                await #expect(throws: Refused.self) {
                    try await store.write("refuse") { transaction in
                        let id = try transaction.nextID("note")
                        try transaction.execute("INSERT INTO note (id, text) VALUES (?, 'x')", [.integer(id)])
                        try transaction.append(JournalRecord(kind: "note_added"))
                        throw Refused()
                    }
                }
            }
        }
        #expect(try await store.countNotes() == 50)
        #expect(await store.head.offset == 50)
        let entries = try await store.read { try $0.entries(after: 0, limit: 1000) }
        #expect(entries.map(\.offset) == Array(1...50))
        #expect(entries.map(\.ticketID) == Array(1...50))
        await store.close()
    }

    @Test("A violated constraint is named, and only its own request fails")
    func constraints() async throws {
        let store = try temporary.open()
        func kind(_ sql: String, _ values: [Value] = []) async -> ConstraintKind? {
            do {
                try await store.write("violate") { try $0.execute(sql, values) }
            } catch StoreError.constraint(let kind, _) {
                return kind
            } catch {}
            return nil
        }
        #expect(await kind("INSERT INTO note (id, text) VALUES (1, 'forbidden')") == .check)
        #expect(await kind("INSERT INTO note (id, text) VALUES (1, NULL)") == .notNull)
        #expect(await kind("INSERT INTO note (id, author_id, text) VALUES (1, 7, 'x')") == .foreignKey)
        // PostgreSQL would write bytes down as text.
        if !TestDatabase.isPostgres {
            #expect(await kind("INSERT INTO note (id, text) VALUES (1, ?)", [.blob([0])]) == .dataType)
        }
        #expect(await kind("INSERT INTO note (id, text) VALUES (1, ?)", ["a\0b"]) == .dataType)
        #expect(await kind("INSERT INTO author (id, name) VALUES (1, 'a'), (2, 'a')") == .unique)
        #expect(await kind("INSERT INTO author (id, name) VALUES (1, 'a'), (1, 'b')") == .unique)
        #expect(try await store.countNotes() == 0)
        await store.close()
    }

    @Test("A full store refuses cleanly, keeps what was acknowledged, and goes on once there is space", .sqliteOnly)
    func full() async throws {
        var limits = StoreLimits()
        limits.maximumPages = 200
        let store = try temporary.open(limits: limits)
        let picture = [UInt8](repeating: 7, count: 50_000)
        let kept = Mutex<Set<Int64>>([])
        try await together(store, 64) { number in
            do {
                let id = try await store.write("picture.add") { transaction in
                    let id = Int64(number)
                    try transaction.execute(
                        "INSERT INTO note (id, text, picture) VALUES (?, 'p', ?)", [.integer(id), .blob(picture)])
                    try transaction.append(JournalRecord(kind: "note_added", ticketID: id))
                    return id
                }
                kept.withLock { _ = $0.insert(id) }
            } catch StoreError.full {}
        }
        let stored = try await store.read { try $0.rows("SELECT id FROM note").map { try $0.int("id") } }
        #expect(Set(stored) == kept.withLock { $0 })
        #expect(stored.count < 64)
        #expect(await store.head.offset == Int64(stored.count))
        try await store.write("make.space") { _ = try $0.execute("DELETE FROM note") }
        try await store.add(note: "goes on")
        #expect(try await store.countNotes() == 1)
        await store.close()
    }

    @Test("A request that hides the error of a full store does not write outside of its transaction", .sqliteOnly)
    func hiddenError() async throws {
        var limits = StoreLimits()
        limits.maximumPages = 60
        let store = try temporary.open(limits: limits)
        await #expect(throws: StoreError.self) {
            try await store.write("hide") { transaction in
                for id in 1...20 as ClosedRange<Int64> {
                    _ = try? transaction.execute(
                        "INSERT INTO note (id, text, picture) VALUES (?, 'p', zeroblob(100000))", [.integer(id)])
                }
                try transaction.execute("INSERT INTO note (id, text) VALUES (100, 'after')")
                throw Refused()
            }
        }
        #expect(try await store.countNotes() == 0)
        try await store.add(note: "goes on")
        await store.close()
    }

    @Test("Readers see nothing that is not committed, and then all of it")
    func snapshot() async throws {
        let store = try temporary.open()
        let written = DispatchSemaphore(value: 0)
        let mayCommit = DispatchSemaphore(value: 0)
        async let write: Void = store.write("slow") { transaction in
            try transaction.execute("INSERT INTO note (id, text) VALUES (1, 'x')")
            written.signal()
            mayCommit.wait()
        }
        let during = try await store.read { reader in
            written.wait()
            return try reader.row("SELECT count(*) AS n FROM note")?.int("n")
        }
        #expect(during == 0)
        mayCommit.signal()
        try await write
        #expect(try await store.countNotes() == 1)
        await store.close()
    }

    @Test("A reader cannot write")
    func readOnly() async throws {
        let store = try temporary.open()
        await #expect(throws: StoreError.self) {
            try await store.read { try $0.rows("INSERT INTO note (id, text) VALUES (1, 'x') RETURNING id") }
        }
        #expect(try await store.countNotes() == 0)
        await store.close()
    }

    @Test("More waiting requests than the limit are refused at once")
    func overloaded() async throws {
        var limits = StoreLimits()
        limits.waitingWrites = 10
        let store = try temporary.open(limits: limits)
        let refused = Tally()
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (isHeld, held) = AsyncStream<Void>.makeStream()
            group.addTask {
                try await store.write("hold") { _ in
                    held.finish()
                    gate.wait()
                }
            }
            for await _ in isHeld {}
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await store.add(note: "\(number)")
                    } catch StoreError.overloaded {
                        // All but the ten that wait are refused; the last refusal lets the writer go on.
                        if refused.next() == 90 {
                            gate.signal()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(refused.count == 90)
        #expect(try await store.countNotes() == 10)
        await store.close()
    }

    @Test("The write-ahead log is copied back in steps and stays bounded", .sqliteOnly)
    func boundedLog() async throws {
        var limits = StoreLimits()
        limits.checkpointPages = 50
        limits.restartPages = 400
        let store = try temporary.open(limits: limits)
        for number in 0..<60 {
            try await store.addPicture(number)
        }
        #expect(store.statistics.checkpoints > 5)
        #expect(store.statistics.logPages < 400)
        await store.close()
    }
}

/// Counts from several tasks at once.
private final class Tally: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
