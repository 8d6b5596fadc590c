import FirstlineTesting
import FoundationEssentials
import Store
import Testing

@Suite("Opening a store")
struct OpeningTests {
    let temporary = TemporaryStore()

    @Test("The writer syncs fully at each commit", .sqliteOnly)
    func synchronous() async throws {
        let store = try temporary.open()
        #expect(try await store.synchronousLevel() == 2)
        await store.close()
    }

    @Test("The folder is the owner's alone", .sqliteOnly)
    func mode() async throws {
        let store = try temporary.open()
        let mode = try FileManager.default.attributesOfItem(atPath: temporary.folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        await store.close()
    }

    @Test("A second opener of the same folder is refused until the first has closed")
    func inUse() async throws {
        let store = try temporary.open()
        #expect(throws: StoreError.inUse(folder: temporary.place)) { try temporary.open() }
        await store.close()
        let second = try temporary.open()
        await second.close()
    }

    @Test("Another service's folder is refused")
    func otherService() async throws {
        await (try temporary.open()).close()
        #expect(throws: StoreError.otherService("notes")) { try temporary.open(service: "other") }
    }

    @Test("A store that a newer program wrote is refused, and not touched")
    func newerSchema() async throws {
        let newer = Migration("notes-2", sqlite: "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT")
        await (try temporary.open(migrations: [TemporaryStore.notes, newer])).close()
        #expect(throws: StoreError.newerSchema(migration: "notes-2")) { try temporary.open() }
        let again = try temporary.open(migrations: [TemporaryStore.notes, newer])
        await again.close()
    }

    @Test("Migrations go on where they stopped: a faulty one leaves nothing of itself, and what ran before it stays")
    func migrationsResume() async throws {
        let faulty = Migration(
            "notes-2", sqlite: "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1)")
        let mended = Migration("notes-2", sqlite: "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT")
        let first = try temporary.open()
        try await first.add(note: "kept")
        await first.close()
        #expect(throws: StoreError.self) { try temporary.open(migrations: [TemporaryStore.notes, faulty]) }
        let store = try temporary.open(migrations: [TemporaryStore.notes, mended])
        #expect(try await store.countNotes() == 1)
        #expect(try await store.read { try $0.row("SELECT count(*) AS n FROM extra")?.int("n") } == 0)
        await store.close()
    }

    @Test("An edited list of migrations is refused")
    func editedMigrations() async throws {
        await (try temporary.open()).close()
        let renamed = Migration("renamed", sqlite: TemporaryStore.notes.sqlite)
        #expect(throws: StoreError.badMigration("migration 0 is notes-1 in the store and renamed here")) {
            try temporary.open(migrations: [renamed])
        }
    }

    @Test("A deferred constraint, which could fail a neighbour's commit, is refused")
    func deferredConstraint() throws {
        let deferred = Migration(
            "deferred",
            sqlite: """
                CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
                CREATE TABLE child (parent_id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT
                """)
        #expect(throws: StoreError.badMigration("deferred constraints in child")) {
            try temporary.open(migrations: [deferred])
        }
    }

    @Test("The seam's own schema is the one checked in")
    func goldenSchema() async throws {
        let store = try temporary.open(migrations: [])
        try TestDatabase.golden("store-schema").check(try await store.schemaDump())
        await store.close()
    }

    @Test(
        "What was acknowledged is there when the store is opened from the files as they are at any moment", .sqliteOnly)
    func copiedUnderLoad() async throws {
        var limits = StoreLimits()
        limits.checkpointPages = 1_000_000
        let store = try temporary.open(limits: limits)
        let copy = TemporaryStore()
        let acknowledged = try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask { for step in 0..<50 { try await store.add(note: "\(caller) \(step)") } }
            }
            let before = await store.waitForHead(after: 100, timeout: .seconds(10)).offset
            try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
            for name in ["store.sqlite", "store.sqlite-wal"] {
                try FileManager.default.copyItem(
                    atPath: "\(temporary.folder)/\(name)", toPath: "\(copy.folder)/\(name)")
            }
            try await group.waitForAll()
            return before
        }
        await store.close()
        let reopened = try copy.open()
        let entries = try await reopened.read { try $0.entries(after: 0, limit: 10_000) }
        #expect(acknowledged > 100)
        #expect(entries.count >= acknowledged)
        #expect(entries.map(\.offset) == (0..<entries.count).map { Int64($0 + 1) })
        #expect(try await reopened.countNotes() == Int64(entries.count))
        await reopened.close()
    }

    @Test("After closing, everything is refused, and what waited is finished")
    func closed() async throws {
        let store = try temporary.open()
        async let last = store.add(note: "last")
        _ = try await last
        await store.close()
        await #expect(throws: StoreError.closed) { try await store.add(note: "late") }
        await #expect(throws: StoreError.closed) { try await store.countNotes() }
        // A second close touches nothing.
        await store.close()
        await #expect(throws: StoreError.closed) { try await store.countNotes() }
    }
}
