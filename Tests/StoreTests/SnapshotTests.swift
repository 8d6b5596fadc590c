import FoundationEssentials
import GRDB
import Store
import Synchronization
import Testing

@Suite("Freezing the writer, and the snapshot for a backup", .sqliteOnly)
struct SnapshotTests {
    let temporary = TemporaryStore()

    var copyPath: String { temporary.folder + "/copy.sqlite" }

    /// What a copy holds, read without the store's own code.
    struct Contents {
        let notes: Set<Int64>
        let offsets: [Int64]
        let head: Int64

        init(_ path: String) throws {
            var configuration = Configuration()
            configuration.readonly = true
            let copy = try DatabaseQueue(path: path, configuration: configuration)
            (notes, offsets, head) = try copy.read { database in
                #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
                return (
                    try Set(Int64.fetchAll(database, sql: "SELECT id FROM note")),
                    try Int64.fetchAll(database, sql: "SELECT entry_offset FROM journal_entry ORDER BY entry_offset"),
                    try Int64.fetchOne(database, sql: "SELECT journal_head FROM store_meta") ?? -1
                )
            }
            try copy.close()
        }
    }

    @Test("A copy is one file that holds all up to the freeze and nothing after")
    func complete() async throws {
        let store = try temporary.open()
        for number in 0..<100 { try await store.add(note: "\(number)") }
        let snapshot = try await store.freeze(limit: .seconds(1))
        snapshot.release()
        for number in 0..<50 { try await store.add(note: "later \(number)") }
        try await snapshot.copy(to: copyPath)
        #expect(try await snapshot.read { try $0.row("SELECT count(*) AS n FROM note")?.int("n") } == 100)
        await snapshot.close()
        #expect(snapshot.position.offset == 100)
        let contents = try Contents(copyPath)
        #expect(contents.notes == Set(1...100))
        #expect(contents.offsets == Array(1...100))
        #expect(contents.head == 100)
        let beside = try FileManager.default.contentsOfDirectory(atPath: temporary.folder)
        #expect(beside.filter { $0.hasPrefix("copy.sqlite") } == ["copy.sqlite"])
        #expect(try await store.countNotes() == 150)
        await store.close()
    }

    @Test("A copy opens as a store")
    func opens() async throws {
        let store = try temporary.open()
        try await store.add(note: "kept")
        let snapshot = try await store.freeze(limit: .seconds(1))
        let restored = TemporaryStore()
        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        try await snapshot.copy(to: restored.folder + "/store.sqlite")
        await snapshot.close()
        let second = try restored.open()
        #expect(await second.head == snapshot.position)
        #expect(try await second.add(note: "goes on") == 2)
        await second.close()
        await store.close()
    }

    @Test("While the writer rests writes wait, reads do not, and release lets the writes go on")
    func rest() async throws {
        let store = try temporary.open()
        var hasRested = false
        // A machine so busy that the limit passes first shows nothing, and is asked again.
        for _ in 0..<20 where !hasRested {
            let before = try await store.countNotes()
            let snapshot = try await store.freeze(limit: .seconds(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 { group.addTask { try await store.add(note: "\(number)") } }
                let first = try await store.countNotes()
                let second = try await store.countNotes()
                hasRested = snapshot.release()
                if hasRested {
                    #expect(first == before)
                    #expect(second == before)
                }
                try await group.waitForAll()
            }
            #expect(try await store.countNotes() == before + 20)
            await snapshot.close()
        }
        #expect(hasRested)
        await store.close()
    }

    @Test("When the limit has passed the writer goes on by itself, and release says so")
    func limit() async throws {
        let store = try temporary.open()
        let snapshot = try await store.freeze(limit: .milliseconds(20))
        try await store.add(note: "waits for the limit")
        #expect(!snapshot.release())
        #expect(!snapshot.release())
        #expect(snapshot.position.offset == 0)
        #expect(try await snapshot.read { try $0.row("SELECT count(*) AS n FROM note")?.int("n") } == 0)
        await snapshot.close()
        await store.close()
    }

    @Test("A second freeze is refused while the writer rests, and snapshots of several freezes stand side by side")
    func several() async throws {
        let store = try temporary.open()
        let first = try await store.freeze(limit: .seconds(1))
        let refusal = await #expect(throws: StoreError.self, "unless the limit passes first") {
            try await store.freeze(limit: .seconds(1)).close()
            guard first.release() else { throw StoreError.busy }
        }
        #expect(refusal == .busy)
        first.release()
        try await store.add(note: "between")
        let second = try await store.freeze(limit: .seconds(1))
        second.release()
        #expect(first.position.offset == 0)
        #expect(second.position.offset == 1)
        await first.close()
        await #expect(throws: StoreError.closed) { try await first.copy(to: copyPath) }
        try await second.copy(to: copyPath)
        #expect(try Contents(copyPath).notes == [1])
        await second.close()
        await store.close()
    }

    @Test(
        "Under load each freeze is short, and its copy holds all that was acknowledged before", .timeLimit(.minutes(1)))
    func underLoad() async throws {
        let store = try temporary.open()
        let acknowledged = Shared<Set<Int64>>([])
        let isOver = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<32 {
                group.addTask {
                    while !isOver.value.withLock({ $0 }) {
                        let id = try await store.add(note: "\(writer)")
                        acknowledged.value.withLock { _ = $0.insert(id) }
                    }
                }
            }
            var rests: [Duration] = []
            for round in 0..<8 {
                let before = acknowledged.value.withLock { $0 }
                let start = ContinuousClock.now
                let snapshot = try await store.freeze(limit: .seconds(1))
                snapshot.release()
                rests.append(ContinuousClock.now - start)
                let path = temporary.folder + "/copy-\(round)"
                try await snapshot.copy(to: path)
                await snapshot.close()
                let contents = try Contents(path)
                #expect(before.isSubset(of: contents.notes))
                #expect(contents.offsets.last ?? 0 == snapshot.position.offset)
                #expect(contents.offsets.count == Int(snapshot.position.offset))
                #expect(contents.notes.count == Int(snapshot.position.offset))
            }
            isOver.value.withLock { $0 = true }
            #expect(rests.sorted()[rests.count / 2] < .seconds(1))
            try await group.waitForAll()
        }
        await store.close()
    }

    @Test("A snapshot ends when the log outgrows its limit, and the log begins anew")
    func expiry() async throws {
        var limits = StoreLimits()
        limits.checkpointPages = 50
        limits.restartPages = 100
        limits.logPages = 200
        limits.snapshotLogPages = 400
        let store = try temporary.open(limits: limits)
        let snapshot = try await store.freeze(limit: .seconds(1))
        snapshot.release()
        var largest: Int32 = 0
        for number in 0..<60 {
            try await store.addPicture(number)
            largest = max(largest, store.statistics.logPages)
        }
        #expect(largest >= 400)
        #expect(largest < 500)
        #expect(store.statistics.logPages < 200)
        await #expect(throws: StoreError.snapshotExpired) { try await snapshot.copy(to: copyPath) }
        await #expect(throws: StoreError.snapshotExpired) { try await snapshot.read { _ in } }
        #expect(!FileManager.default.fileExists(atPath: copyPath))
        await snapshot.close()
        await store.close()
    }

    @Test("A file that exists is not written over")
    func existing() async throws {
        let store = try temporary.open()
        #expect(FileManager.default.createFile(atPath: copyPath, contents: Data("mine".utf8)))
        let snapshot = try await store.freeze(limit: .seconds(1))
        await #expect(throws: StoreError.self) { try await snapshot.copy(to: copyPath) }
        #expect(FileManager.default.contents(atPath: copyPath) == Data("mine".utf8))
        await snapshot.close()
        await store.close()
    }

    @Test("Closing the store ends its snapshots, and finishes the writes that wait for the freeze")
    func closing() async throws {
        let store = try temporary.open()
        let snapshot = try await store.freeze(limit: .seconds(1))
        let (isWaiting, waits) = AsyncStream<Void>.makeStream()
        async let waiting: Int64 = {
            waits.finish()
            return try await store.add(note: "waits")
        }()
        for await _ in isWaiting {}
        await store.close()
        // The write came before the close or after it, and is told which.
        do {
            #expect(try await waiting == 1)
        } catch {
            #expect(error as? StoreError == .closed)
        }
        await #expect(throws: StoreError.closed) { try await snapshot.read { _ in } }
        await #expect(throws: StoreError.closed) { _ = try await store.freeze(limit: .seconds(1)) }
        let again = try temporary.open()
        await again.close()
    }
}
