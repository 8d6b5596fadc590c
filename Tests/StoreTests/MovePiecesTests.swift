import Testing

@testable import Store

@Suite("The pieces of a move")
struct MovePiecesTests {
    let table = MovedTable(name: "pause", columns: ["timer_id", "from_ms", "note"], key: ["timer_id", "from_ms"])
    let simple = MovedTable(name: "note", columns: ["id", "text"], key: ["id"])

    @Test("A page goes on behind a key of several columns")
    func pages() {
        #expect(
            table.page(isFirst: true)
                == #"SELECT "timer_id", "from_ms", "note" FROM "pause" ORDER BY "timer_id", "from_ms" LIMIT ?"#)
        #expect(table.page(isFirst: false).contains(#"WHERE ("timer_id", "from_ms") > (?, ?) ORDER"#))
        #expect(simple.page(isFirst: false).contains(#"WHERE "id" > ? ORDER BY "id" LIMIT ?"#))
    }

    @Test("The last key is found from the end, and a row has a place for each column")
    func statements() {
        #expect(
            table.lastKey
                == #"SELECT "timer_id", "from_ms" FROM "pause" ORDER BY "timer_id" DESC, "from_ms" DESC LIMIT 1"#)
        #expect(table.insert == #"INSERT INTO "pause" ("timer_id", "from_ms", "note") VALUES (?, ?, ?)"#)
    }

    @Test("Tables stand behind those that they name, else in the order of their creation")
    func order() {
        #expect(TableOrder.sorted(["a", "b", "c"], parents: [:]) == ["a", "b", "c"])
        #expect(TableOrder.sorted(["a", "b", "c"], parents: ["a": ["c", "a"], "b": ["a"]]) == ["c", "a", "b"])
        #expect(TableOrder.sorted(["a", "b"], parents: ["a": ["b"], "b": ["a"]]) == nil)
    }

    @Test("Equal pages have no difference")
    func equal() throws {
        let rows = [row(1, "one"), row(2, "two")]
        #expect(try RowComparison(table: simple).firstDifference(old: rows, new: rows) == nil)
        #expect(try RowComparison(table: simple).firstDifference(old: [], new: []) == nil)
    }

    @Test(
        "The first row that differs is named",
        arguments: [
            (["1 one", "2 two"], ["1 one", "2 zwei"], "note id 2: differs in text"),
            (["1 one", "2 two"], ["2 two"], "note id 1: is missing in the new store"),
            (["1 one", "2 two"], ["1 one"], "note id 2: is missing in the new store"),
            (["2 two"], ["1 one", "2 two"], "note id 1: is in the new store alone"),
            (["1 one"], ["1 one", "3 x"], "note id 3: is in the new store alone"),
            // Alike for people, and yet other bytes.
            (["1 \u{E9}"], ["1 e\u{301}"], "note id 1: differs in text"),
        ])
    func differences(old: [String], new: [String], named: String) throws {
        let difference = try RowComparison(table: simple).firstDifference(old: old.map(row), new: new.map(row))
        #expect(difference?.description == named)
    }

    @Test("Pages grow while rows are small, and shrink to one where they are large")
    func sizes() {
        var size = PageSize()
        for _ in 0..<5 { size.adapt(to: [row(1, "small")]) }
        #expect(size.rows == PageSize.mostRows)
        let large = Row(columns: ["picture"], values: [.blob(Array(repeating: 0, count: PageSize.manyBytes + 1))])
        for _ in 0..<9 { size.adapt(to: [large]) }
        #expect(size.rows == 1)
    }

    private func row(_ id: Int64, _ text: String) -> Row {
        Row(columns: simple.columns, values: [.integer(id), .text(text)])
    }

    private func row(_ words: String) -> Row {
        let parts = words.split(separator: " ")
        return row(Int64(parts[0])!, String(parts[1]))
    }
}
