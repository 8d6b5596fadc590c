import Store
import Testing

@Suite("Rows and values")
struct RowTests {
    let temporary = TemporaryStore()

    @Test(
        "Each value comes back as it was bound",
        arguments: [
            .null, .integer(.max), .integer(.min), .real(0.1), .text(""), .text("naïve Ωμέγα 🎈"),
            .blob([]),
            .blob([0, 1, 255]),
        ] as [Value])
    func roundTrip(_ value: Value) async throws {
        let store = try temporary.open()
        #expect(try await store.read { try $0.row("SELECT ? AS value", [value])?["value"] } == value)
        await store.close()
    }

    @Test("A missing column, another type and a wrong number of values throw")
    func typed() async throws {
        let store = try temporary.open()
        let row = try #require(
            try await store.read {
                try $0.row("SELECT 1 AS i, 't' AS t, 0.5 AS r, ? AS b, NULL AS n, 2 AS two", [.blob([1])])
            })
        #expect(try row.int("i") == 1 && row.bool("i") && row.double("i") == 1 && row.double("r") == 0.5)
        #expect(try row.text("t") == "t" && row.blob("b") == [1])
        #expect(try row.intOrNil("n") == nil && row.textOrNil("n") == nil && row.intOrNil("i") == 1)
        #expect(throws: StoreError.missingColumn("x")) { try row.int("x") }
        #expect(throws: StoreError.missingColumn("x")) { try row.textOrNil("x") }
        #expect(throws: StoreError.wrongType(column: "t", wanted: "integer")) { try row.int("t") }
        #expect(throws: StoreError.wrongType(column: "n", wanted: "text")) { try row.text("n") }
        #expect(throws: StoreError.wrongType(column: "two", wanted: "0 or 1")) { try row.bool("two") }
        await #expect(throws: StoreError.wrongParameters(wanted: 1, given: 2)) {
            try await store.read { try $0.rows("SELECT ?", [1, 2]) }
        }
        await #expect(throws: StoreError.self) { try await store.read { try $0.rows("SELEC 1") } }
        await store.close()
    }

    @Test("A statement says how many rows it changed, and may return them")
    func changes() async throws {
        let store = try temporary.open()
        try await store.write("change") { transaction in
            let inserted = try transaction.change("INSERT INTO note (id, text) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
            let updated = try transaction.change("UPDATE note SET weight = 1 WHERE text > 'a'")
            let none = try transaction.change("UPDATE note SET weight = 1 WHERE text > 'z'")
            let removed = try transaction.rows("DELETE FROM note RETURNING text").map { try $0.text("text") }
            #expect(inserted == 3 && updated == 2 && none == 0 && Set(removed) == ["a", "b", "c"])
        }
        await store.close()
    }

    @Test("Ids begin at 1, are counted by kind, and none is given out twice across a reopening")
    func ids() async throws {
        let first = try temporary.open()
        #expect(
            try await first.write("id") { [try $0.nextID("a"), try $0.nextID("a"), try $0.nextID("b")] } == [1, 2, 1])
        await first.close()
        let store = try temporary.open()
        #expect(try await store.write("id") { [try $0.nextID("a"), try $0.nextID("b")] } == [3, 2])
        await store.close()
    }
}
