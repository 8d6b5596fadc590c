import FirstlineTesting
import Store
import Testing

@Suite("The journal")
struct JournalTests {
    struct Refused: Error {}

    let temporary = TemporaryStore()

    @Test("Offsets have no gaps under concurrency and refusals, and survive a reopening")
    func gapless() async throws {
        let first = try temporary.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<16 {
                group.addTask {
                    for step in 0..<20 {
                        try? await first.write("append") { transaction in
                            try transaction.append(JournalRecord(kind: "a"))
                            if (caller + step).isMultiple(of: 3) { throw Refused() }
                            try transaction.append(JournalRecord(kind: "b"))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let before = await first.head
        await first.close()
        let store = try temporary.open()
        #expect(await store.head == before)
        try await store.write("append") { _ = try $0.append(JournalRecord(kind: "c")) }
        let entries = try await store.read { try $0.entries(after: 0, limit: 10_000) }
        #expect(entries.map(\.offset) == Array(1...before.offset + 1))
        #expect(entries.last?.kind == "c")
        #expect(entries.allSatisfy { $0.term == before.term })
        await store.close()
    }

    @Test("An entry comes back as it was given")
    func roundTrip() async throws {
        let store = try temporary.open()
        let record = JournalRecord(
            kind: "ticket_changed", actor: [1, 0, 2], ticketID: 1 << 52, version: 9,
            cause: JournalCause(service: "routing", term: 3, offset: 44), hops: 4, traceParent: "00-ab-cd-01",
            body: [0, 255])
        let offset = try await store.write("append") { try $0.append(record) }
        let entries = try await store.read { try $0.entries(after: 0, limit: 10) }
        #expect(entries.map(\.record) == [record])
        #expect(entries.first?.offset == offset)
        #expect(entries.first?.atMilliseconds == temporary.clock.nowMilliseconds)
        #expect(try await store.read { try $0.entries(after: offset, limit: 10) }.isEmpty)
        await store.close()
    }

    @Test("When the clock is set back, time in the journal stands still, also after a reopening")
    func clockBackwards() async throws {
        let first = try temporary.open()
        try await first.add(note: "before")
        temporary.clock.advance(by: .seconds(-86_400))
        try await first.add(note: "after")
        await first.close()
        let store = try temporary.open()
        try await store.add(note: "later")
        temporary.clock.advance(by: .seconds(86_401))
        try await store.add(note: "caught up")
        let times = try await store.read { try $0.entries(after: 0, limit: 10) }.map(\.atMilliseconds)
        let start = TestClock().nowMilliseconds
        #expect(times == [start, start, start, start + 1000])
        await store.close()
    }

    @Test("A cursor and its effect are one: both or neither, and the same entries are not applied twice")
    func cursors() async throws {
        let store = try temporary.open()
        func apply(_ offset: Int64, fails: Bool = false) async throws {
            try await store.write("apply") { transaction in
                try transaction.execute(
                    "INSERT INTO note (id, text) VALUES (?, 'effect')", [.integer(transaction.nextID("note"))])
                try transaction.advanceCursor(of: "intake", term: 5, offset: offset)
                if fails { throw Refused() }
            }
        }
        try await apply(10)
        await #expect(throws: Refused.self) { try await apply(11, fails: true) }
        await #expect(throws: StoreError.cursorBehind(source: "intake")) { try await apply(10) }
        await #expect(throws: StoreError.cursorBehind(source: "intake")) { try await apply(9) }
        try await apply(12)
        #expect(try await store.countNotes() == 2)
        #expect(try await store.read { try $0.cursor(of: "intake") } == Cursor(source: "intake", term: 5, offset: 12))
        #expect(try await store.read { try $0.cursor(of: "gateway") } == nil)
        #expect(try await store.read { try $0.cursors() }.count == 1)
        await store.close()
    }

    @Test("Those who wait for the head wake with the commit, and give up at their timeout or when cancelled")
    func waiting() async throws {
        let store = try temporary.open()
        let woken = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<20 { group.addTask { await store.waitForHead(after: 1, timeout: .seconds(60)).offset } }
            try await store.add(note: "1")
            try await store.add(note: "2")
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(woken == Array(repeating: 2, count: 20))
        #expect(await store.waitForHead(after: 2, timeout: .milliseconds(1)).offset == 2)
        let cancelled = Task { await store.waitForHead(after: 2, timeout: .seconds(60)) }
        cancelled.cancel()
        #expect(await cancelled.value.offset == 2)
        async let closing = store.waitForHead(after: 2, timeout: .seconds(60))
        await store.close()
        #expect(await closing.offset == 2)
    }

    @Test("A new term is greater than any before, and its entries say so")
    func terms() async throws {
        let store = try temporary.open()
        let old = await store.head.term
        try await store.add(note: "old")
        temporary.clock.advance(by: .seconds(-3600))
        let new = try await store.beginTerm()
        try await store.add(note: "new")
        #expect(new > old)
        #expect(await store.head == JournalPosition(term: new, offset: 2))
        #expect(try await store.read { try $0.entries(after: 0, limit: 10) }.map(\.term) == [old, new])
        await store.close()
    }
}
