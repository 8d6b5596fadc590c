import FirstlineTesting
import Store
import Testing

@Suite("Idempotency keys")
struct IdempotencyTests {
    struct Refused: Error {}

    let temporary = TemporaryStore()

    /// Adds a note under a key, as a handler does.
    private func perform(
        _ store: Store, caller: String = "agent:1", method: String = "Add", key: String, body: String,
        fails: Bool = false
    ) async throws -> [UInt8] {
        try await store.write("perform") { transaction in
            let hash = Array(body.utf8)
            if let answer = try transaction.remembered(caller: caller, method: method, key: key, requestHash: hash) {
                return answer
            }
            let id = try transaction.nextID("note")
            try transaction.execute("INSERT INTO note (id, text) VALUES (?, ?)", [.integer(id), .text(body)])
            let answer = Array("note \(id)".utf8)
            try transaction.remember(
                caller: caller, method: method, key: key, requestHash: hash, response: answer)
            if fails { throw Refused() }
            return answer
        }
    }

    @Test("The same key and request get the first answer, whoever comes at the same time")
    func sameBody() async throws {
        let store = try temporary.open()
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<20 { group.addTask { try await perform(store, key: "k", body: "hello") } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers == [Array("note 1".utf8)])
        #expect(try await store.countNotes() == 1)
        await store.close()
    }

    @Test("The same key with another request is refused; another caller's or method's key is another key")
    func otherBody() async throws {
        let store = try temporary.open()
        _ = try await perform(store, key: "k", body: "hello")
        await #expect(throws: StoreError.idempotencyConflict) { try await perform(store, key: "k", body: "bye") }
        #expect(try await perform(store, caller: "agent:2", key: "k", body: "bye") == Array("note 2".utf8))
        #expect(try await perform(store, method: "Change", key: "k", body: "bye") == Array("note 3".utf8))
        await store.close()
    }

    @Test("A refused request leaves its key free")
    func refused() async throws {
        let store = try temporary.open()
        await #expect(throws: Refused.self) { try await perform(store, key: "k", body: "hello", fails: true) }
        #expect(try await perform(store, key: "k", body: "another") == Array("note 1".utf8))
        await store.close()
    }

    @Test("Keys are kept for 72 hours, then removed in steps by the writer")
    func expiry() async throws {
        var limits = StoreLimits()
        limits.expiryStep = 3
        let store = try temporary.open(limits: limits)
        for number in 0..<7 { _ = try await perform(store, key: "\(number)", body: "hello") }
        temporary.clock.advance(by: .seconds(72 * 3600 - 1))
        #expect(try await perform(store, key: "0", body: "hello") == Array("note 1".utf8))
        temporary.clock.advance(by: .seconds(1))
        #expect(try await perform(store, key: "0", body: "hello") == Array("note 8".utf8))
        func count() async throws -> Int64? {
            try await store.read { try $0.row("SELECT count(*) AS n FROM idempotency_key")?.int("n") }
        }
        // The writer looks once a minute; then each commit takes a step, until a step finds less. The key used again stays.
        #expect(try await count() == 7)
        temporary.clock.advance(by: .seconds(60))
        for left in [4, 1, 1] as [Int64] {
            try await store.write("anything") { _ in }
            #expect(try await count() == left)
        }
        await store.close()
    }
}
