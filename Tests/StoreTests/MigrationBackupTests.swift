import FoundationEssentials
import Store
import Testing

@Suite("The copy before a migration", .sqliteOnly)
struct MigrationBackupTests {
    let temporary = TemporaryStore()

    /// The copy's name when so many of the service's migrations have run.
    private func copy(_ count: Int) -> String { "before-migration-\(KnownMigrations.seam.count).\(count).sqlite" }

    /// Each adds a table.
    private func migrations(_ count: Int) -> [Migration] {
        [TemporaryStore.notes]
            + (0..<count).map {
                Migration("more-\($0)", sqlite: "CREATE TABLE more_\($0) (id INTEGER PRIMARY KEY) STRICT")
            }
    }

    private func open(_ count: Int) async throws {
        await (try temporary.open(migrations: migrations(count))).close()
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: temporary.folder)) ?? []).filter {
            MigrationCopies.isOne($0)
        }.sorted()
    }

    @Test("A new store is not copied, nor one that is up to date")
    func nothing() async throws {
        try await open(2)
        try await open(2)
        #expect(names == [])
    }

    @Test("A store that knows less is copied as it stands, and the copy opens with the program that came before")
    func copied() async throws {
        let store = try temporary.open()
        try await store.add(note: "kept")
        await store.close()
        try await open(2)
        #expect(names == [copy(1)])

        let restored = TemporaryStore()
        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        let path = "\(temporary.folder)/\(names[0])"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try FileManager.default.copyItem(atPath: path, toPath: "\(restored.folder)/store.sqlite")
        let old = try restored.open()
        #expect(try await old.countNotes() == 1)
        await old.close()
    }

    @Test("The last two upgrades' copies are kept")
    func kept() async throws {
        for count in 0...4 { try await open(count) }
        #expect(names == [copy(3), copy(4)])
    }

    @Test("An upgrade cut short keeps the copy of what was there before its first step, however often it is begun")
    func unfinished() async throws {
        try await open(0)
        let faulty = Migration("more-1", sqlite: "INSERT INTO nowhere VALUES (1)")
        for _ in 0..<3 {
            #expect(throws: StoreError.self) { try temporary.open(migrations: migrations(1) + [faulty]) }
            #expect(names == [copy(1), "migration.unfinished"])
        }
        try await open(3)
        #expect(names == [copy(1)])
    }

    @Test("A copy cut short is made again, and so is one that was made before anything changed")
    func partial() async throws {
        let store = try temporary.open()
        try await store.add(note: "one")
        await store.close()
        for name in [copy(1), copy(1) + ".partial", "migration.unfinished"] {
            try Data("half".utf8).write(to: URL(filePath: "\(temporary.folder)/\(name)"))
        }
        try await open(1)
        #expect(names == [copy(1)])
        let bytes = FileManager.default.contents(atPath: "\(temporary.folder)/\(names[0])") ?? Data()
        #expect(bytes.starts(with: "SQLite format 3".utf8))
    }
}
