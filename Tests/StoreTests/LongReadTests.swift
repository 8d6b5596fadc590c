import Dispatch
import Store
import Synchronization
import Testing

@Suite("Reads and the write-ahead log")
struct LongReadTests {
    /// Never ends by itself.
    static let endless = """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n
        """

    let temporary = TemporaryStore()

    @Test("A statement that takes too long is ended, and its connection serves on")
    func statement() async throws {
        var limits = StoreLimits()
        limits.readers = 1
        limits.readMilliseconds = 50
        let store = try temporary.open(limits: limits)
        await #expect(throws: StoreError.readTooLong) { try await store.read { try $0.row(Self.endless) } }
        await #expect(throws: StoreError.readTooLong) {
            try await store.read(within: .milliseconds(10)) { try $0.row(Self.endless) }
        }
        #expect(try await store.countNotes() == 0)
        await store.close()
    }

    @Test("A read that idles between its statements is ended at the next")
    func idle() async throws {
        var limits = StoreLimits()
        limits.readMilliseconds = 20
        let store = try temporary.open(limits: limits)
        let never = DispatchSemaphore(value: 0)
        await #expect(throws: StoreError.readTooLong) {
            try await store.read { reader in
                _ = try reader.row("SELECT 1 AS one")
                _ = never.wait(timeout: .now() + .milliseconds(40))
                _ = try reader.row("SELECT 1 AS one")
            }
        }
        await store.close()
    }

    @Test("A read that waited too long for a reader is refused, and so is one too many")
    func waiting() async throws {
        var limits = StoreLimits()
        limits.readers = 1
        limits.waitingReads = 1
        limits.readWaitMilliseconds = 300
        let store = try temporary.open(limits: limits)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (isHeld, held) = AsyncStream<Void>.makeStream()
            group.addTask {
                try await store.read { _ in
                    held.finish()
                    gate.wait()
                }
            }
            for await _ in isHeld {}
            let refused = Shared(0)
            for _ in 0..<2 {
                group.addTask {
                    await #expect(throws: StoreError.overloaded) { try await store.read { _ in } }
                    // The one too many is refused at once; then the other has its turn, too late.
                    let count = refused.value.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 1 {
                        try await Task.sleep(for: .milliseconds(400))
                        gate.signal()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.countNotes() == 0)
        await store.close()
    }

    @Test("At its limit the log ends every read, whatever time that has left, and begins anew", .sqliteOnly)
    func logLimit() async throws {
        var limits = StoreLimits()
        limits.checkpointPages = 50
        limits.restartPages = 100
        limits.restartWaitMilliseconds = 1
        limits.logPages = 400
        let store = try temporary.open(limits: limits)
        let (hasBegun, began) = AsyncStream<Void>.makeStream()
        let largest = Shared<Int32>(0)
        async let long = #expect(throws: StoreError.readTooLong) {
            try await store.read(within: .seconds(60)) { reader in
                _ = try reader.row("SELECT count(*) AS n FROM note")
                began.finish()
                _ = try reader.row(Self.endless)
            }
        }
        for await _ in hasBegun {}
        for number in 0..<60 {
            try await store.addPicture(number)
            largest.value.withLock { $0 = max($0, store.statistics.logPages) }
        }
        _ = await long
        #expect(largest.value.withLock { $0 } >= 400)
        #expect(largest.value.withLock { $0 } < 500)
        #expect(store.statistics.logPages < 400)
        await store.close()
    }

    @Test(
        "Readers that sit do not hold up the writer, and under load the log stays within its bound", .sqliteOnly,
        .timeLimit(.minutes(1)))
    func sitting() async throws {
        var limits = StoreLimits()
        limits.checkpointPages = 100
        limits.restartPages = 400
        limits.logPages = 2000
        limits.restartWaitMilliseconds = 5
        limits.readMilliseconds = 200
        let store = try temporary.open(limits: limits)
        let end = ContinuousClock.now + .seconds(2)
        let sits = Shared<[Int64]>([])
        let largest = Shared<Int32>(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let never = DispatchSemaphore(value: 0)
                    while ContinuousClock.now < end {
                        await #expect(throws: StoreError.readTooLong) {
                            try await store.read { reader in
                                _ = try reader.row("SELECT count(*) AS n FROM note")
                                let before = store.statistics.commits
                                _ = never.wait(timeout: .now() + .milliseconds(250))
                                let commits = store.statistics.commits - before
                                sits.value.withLock { $0.append(commits) }
                                _ = try reader.row("SELECT count(*) AS n FROM note")
                            }
                        }
                    }
                }
            }
            for writer in 0..<16 {
                group.addTask {
                    var number = 0
                    while ContinuousClock.now < end {
                        try await store.addPicture(writer * 1_000_000 + number, bytes: 4000)
                        largest.value.withLock { $0 = max($0, store.statistics.logPages) }
                        number += 1
                    }
                }
            }
            try await group.waitForAll()
        }
        // Two readers always sit: a writer that waited for readers would make no commit while one does.
        let busy = sits.value.withLock { $0 }
        #expect(busy.contains { $0 > 0 })
        #expect(largest.value.withLock { $0 } < 2000 + 200)
        await store.close()
    }
}
