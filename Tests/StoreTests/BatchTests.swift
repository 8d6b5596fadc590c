import Dispatch
import Store
import Synchronization
import Testing

@Suite("What shares a commit")
struct BatchTests {
    let temporary = TemporaryStore()

    struct Refused: Error, Equatable {
        let number: Int
    }

    /// What a request does, and how it ends.
    enum Kind: CaseIterable {
        case adds, addsTwice, refusesAtOnce, refusesAfterCounting, refusesAfterWriting, violates, violatesAndGoesOn

        /// Entries that it leaves.
        var entries: Int {
            switch self {
            case .adds: 1
            case .addsTwice: 2
            case .refusesAtOnce, .refusesAfterCounting, .refusesAfterWriting, .violates, .violatesAndGoesOn: 0
            }
        }

        func run(_ number: Int, _ transaction: Transaction) throws {
            switch self {
            case .adds:
                try Self.add(number, transaction)
            case .addsTwice:
                try Self.add(number, transaction)
                try Self.add(number, transaction)
            case .refusesAtOnce:
                throw Refused(number: number)
            case .refusesAfterCounting:
                _ = try transaction.nextID("note")
                throw Refused(number: number)
            case .refusesAfterWriting:
                try Self.add(number, transaction)
                throw Refused(number: number)
            case .violates:
                try Self.add(number, transaction)
                try transaction.execute("INSERT INTO note (id, text) VALUES (-1, 'forbidden')")
            case .violatesAndGoesOn:
                _ = try? transaction.execute("INSERT INTO note (id, text) VALUES (-1, 'forbidden')")
                try Self.add(number, transaction)
            }
        }

        private static func add(_ number: Int, _ transaction: Transaction) throws {
            let id = try transaction.nextID("note")
            try transaction.execute("INSERT INTO note (id, text) VALUES (?, ?)", [.integer(id), .text("\(number)")])
            try transaction.append(JournalRecord(kind: "note_added", ticketID: id))
        }
    }

    @Test(
        "Whatever its neighbours do, a request is done whole or not at all, and told which",
        arguments: 0..<6 as Range<UInt64>)
    func isolation(seed: UInt64) async throws {
        let store = try temporary.open()
        var random = SeededRandom(seed)
        var expected: [String: Int] = [:]
        var number = 0
        for _ in 0..<20 {
            // Few failures in some rounds, many in others.
            let pool = Bool.random(using: &random) ? [Kind](repeating: .adds, count: 60) + Kind.allCases : Kind.allCases
            let requests = (0..<Int.random(in: 1...60, using: &random)).map {
                (number + $0, pool.randomElement(using: &random)!)
            }
            number += requests.count
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, kind) in requests {
                    group.addTask { await Self.perform(number, kind, store) }
                }
                try await group.waitForAll()
            }
            for (number, kind) in requests where kind.entries > 0 { expected["\(number)"] = kind.entries }
        }
        let notes = try await store.read { try $0.rows("SELECT id, text FROM note ORDER BY id") }
        let found = try notes.reduce(into: [String: Int]()) { $0[try $1.text("text"), default: 0] += 1 }
        #expect(found == expected)
        let entries = try await store.read { try $0.entries(after: 0, limit: 10_000) }
        #expect(entries.map(\.offset) == Array(1...Int64(notes.count)))
        #expect(try entries.map(\.ticketID).sorted() == notes.map { try $0.int("id") })
        await store.close()
        let again = try temporary.open()
        #expect(try await again.countNotes() == Int64(notes.count))
        await again.close()
    }

    private static func perform(_ number: Int, _ kind: Kind, _ store: Store) async {
        do {
            try await store.write("\(kind)") { try kind.run(number, $0) }
            #expect(kind.entries > 0)
        } catch let refused as Refused {
            #expect(refused.number == number)
            #expect([.refusesAtOnce, .refusesAfterCounting, .refusesAfterWriting].contains(kind))
        } catch {
            switch error as? StoreError {
            case .constraint(.check, _), .transactionEnded: #expect(kind == .violates || kind == .violatesAndGoesOn)
            default: Issue.record(error)
            }
        }
    }

    /// Runs the requests in one batch: they wait for the writer while a first one holds it.
    private func batch(_ store: Store, _ requests: [@Sendable (Transaction) throws -> Void]) async throws {
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
            // An immediate task waits for the writer before the next one begins.
            for request in requests { group.addImmediateTask { try? await store.write("request", request) } }
            gate.signal()
            try await group.waitForAll()
        }
    }

    @Test("Refusals that wrote nothing cost their neighbours nothing")
    func cheapRefusals() async throws {
        let store = try temporary.open()
        let runs = Counts()
        try await batch(
            store,
            (0..<40).map { number in
                { transaction in
                    runs.add(number)
                    if number.isMultiple(of: 4) { throw Refused(number: number) }
                    try Kind.adds.run(number, transaction)
                }
            })
        #expect(store.statistics.guardedBatches == 0)
        #expect(runs.all == [Int](repeating: 1, count: 40))
        #expect(try await store.countNotes() == 30)
        await store.close()
    }

    @Test("A failure after a write has the batch run a second time, and no more")
    func guardedBatch() async throws {
        let store = try temporary.open()
        let runs = Counts()
        try await batch(
            store,
            (0..<40).map { number in
                { transaction in
                    runs.add(number)
                    try Kind.adds.run(number, transaction)
                    if number.isMultiple(of: 4) { throw Refused(number: number) }
                }
            })
        #expect(store.statistics.guardedBatches == 1)
        #expect(runs.all.allSatisfy { $0 <= 2 })
        #expect(try await store.countNotes() == 30)
        #expect(await store.head.offset == 30)
        await store.close()
    }
}

/// How often each of 40 requests ran.
private final class Counts: Sendable {
    private let counts = Mutex([Int](repeating: 0, count: 40))

    var all: [Int] { counts.withLock { $0 } }

    func add(_ number: Int) {
        counts.withLock { $0[number] += 1 }
    }
}
