import Testing

@testable import Store

@Suite("What a statement's text tells")
struct StatementShapeTests {
    @Test("An INSERT of one row can be one of many rows")
    func gathered() throws {
        let shape = try #require(
            StatementShape("INSERT INTO note (id, kind, text) VALUES (?, 'a?', ?::tsvector)").insert)
        #expect(shape.table == "note" && shape.conflict == .fails && shape.parameterCount == 2)
        #expect(
            shape.gathered(["bigint", "text"]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
                == "INSERT INTO note (id, kind, text) SELECT v0, 'a?', v1::tsvector FROM "
                + "unnest(?::bigint[], ?::text[]) AS gathered (v0, v1)")
        #expect(shape.key(["text", "id"], of: [1, "x"]) == ["x", 1])
        #expect(shape.key(["kind"], of: [1, "x"]) == nil && shape.key(["other"], of: [1, "x"]) == nil)
        let empty = try #require(StatementShape("INSERT INTO a (b, c) VALUES (?, NULL) ON CONFLICT DO NOTHING").insert)
        #expect(empty.gathered(["bigint"]).hasPrefix("INSERT INTO a (b, c) SELECT v0, NULL\n"))
        #expect(empty.key(["b"], of: [1]) == [1] && empty.key(["c"], of: [1]) == nil)
    }

    @Test("What it does on a conflict stays with it")
    func conflict() throws {
        let shape = try #require(
            StatementShape("INSERT INTO a (b, c) VALUES (?, ?) ON CONFLICT (b) DO UPDATE SET c = excluded.c").insert)
        #expect(shape.conflict == .changes(["b"]))
        #expect(shape.gathered(["text", "text"]).hasSuffix("ON CONFLICT (b) DO UPDATE SET c = excluded.c"))
        let skipped = StatementShape("INSERT INTO a (b) VALUES (?) ON CONFLICT DO NOTHING").insert
        #expect(skipped?.conflict == .isSkipped)
    }

    @Test(
        "Other statements that write go alone",
        arguments: [
            "INSERT INTO a (b) SELECT c FROM d", "INSERT INTO a (b) VALUES (1)", "INSERT INTO a VALUES (?)",
            "INSERT INTO a (b) VALUES (?1)", "INSERT INTO a (b, c) VALUES (?, TRUE)",
            "INSERT INTO a (b) VALUES (? + 1)", "INSERT INTO a (b) VALUES (lower(?))",
            "INSERT INTO a (b) VALUES (?), (?)", "INSERT INTO a (b) VALUES (?) RETURNING b",
            "INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET b = ?",
            "INSERT INTO a (b) VALUES (?) ON CONFLICT DO UPDATE SET b = 1", "INSERT INTO a (b, c) VALUES (?)",
            "UPDATE a SET b = ?", "DELETE FROM a WHERE b = ?",
        ])
    func alone(sql: String) {
        #expect(StatementShape(sql).insert == nil)
    }

    @Test(
        "A lookup finds rows of one table by what some columns hold",
        arguments: [
            ("SELECT * FROM a WHERE b = ?", ["b"]), ("SELECT b, 1 FROM a WHERE c = ? AND d = 1 AND e = ?", ["c", "e"]),
            ("SELECT max(b) FROM a\nWHERE c = 'x'", []),
        ])
    func lookup(sql: String, columns: [String]) throws {
        let lookup = try #require(StatementShape(sql).lookup)
        #expect(lookup.table == "a" && lookup.columns == columns)
    }

    @Test("A lookup can be asked of many values at once")
    func gatheredLookup() throws {
        let lookup = try #require(StatementShape("SELECT b, 'x' FROM a WHERE c = ? AND d = 1 AND e = ?").lookup)
        #expect(
            lookup.gathered(["bigint", "text"]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
                == "SELECT asked.number, found.* FROM unnest(?::bigint[], ?::text[]) WITH ORDINALITY AS asked (v0, v1, number) "
                + "CROSS JOIN LATERAL (SELECT b, 'x' FROM a WHERE c = asked.v0 AND d = 1 AND e = asked.v1 OFFSET 0) AS found"
        )
    }

    @Test(
        "Other questions may see any row",
        arguments: [
            "SELECT * FROM a", "SELECT * FROM a WHERE b = ? OR c = ?", "SELECT * FROM a WHERE b > ?",
            "SELECT * FROM a WHERE b = ? ORDER BY c", "SELECT * FROM a WHERE b = ? LIMIT 1",
            "SELECT * FROM a, d WHERE b = ?", "SELECT * FROM a JOIN d ON d.id = a.id WHERE b = ?",
            "SELECT (SELECT 1 FROM d) FROM a WHERE b = ?", "SELECT ? FROM a WHERE b = ?",
            "SELECT * FROM a WHERE b = ?1",
            "SELECT * FROM a WHERE b = c", "SELECT * FROM a WHERE b = ? + 1", "SELECT * FROM a x WHERE b = ?",
            "SELECT * FROM a WHERE b = ? FOR UPDATE", "SELECT * FROM a WHERE lower(b) = ?",
            "WITH a AS (SELECT 1) SELECT * FROM a WHERE b = ?",
        ])
    func question(sql: String) {
        #expect(StatementShape(sql).lookup == nil)
    }

    @Test("Rows keep the order of their request, and share a statement with those of others")
    func order() throws {
        var gathered = GatheredInserts()
        func add(_ table: String, _ id: Int64) throws {
            let sql = "INSERT INTO \(table) (id) VALUES (?)"
            #expect(gathered.add([.integer(id)], to: try #require(StatementShape(sql).insert), sql))
        }
        // The first request's child must not draw the second one's parent behind its child.
        try add("child", 1)
        gathered.nextRequest()
        for _ in 0..<2 {
            try add("parent", 2)
            try add("child", 3)
            gathered.nextRequest()
        }
        #expect(gathered.groups.map(\.shape.table) == ["child", "parent", "child"])
        #expect(gathered.groups.map(\.rows.count) == [1, 2, 2])
    }

    @Test("Requests of one kind share all their statements, though one table stands twice in each")
    func twice() throws {
        var gathered = GatheredInserts()
        for request in 0..<3 {
            gathered.nextRequest()
            for (place, table) in ["person", "journal", "ticket", "journal"].enumerated() {
                let sql = "INSERT INTO \(table) (id) VALUES (?)"
                let id = Value(request * 10 + place)
                #expect(gathered.add([id], to: try #require(StatementShape(sql).insert), sql))
            }
        }
        #expect(gathered.groups.map(\.rows.count) == [3, 3, 3, 3])
        #expect(gathered.groups[1].rows == [[1], [11], [21]])
    }

    @Test("The server gets something to do when enough rows wait, whatever their tables")
    func enough() throws {
        var gathered = GatheredInserts()
        func add(_ number: Int) throws -> Bool {
            let sql = "INSERT INTO t\(number % 3) (id) VALUES (?)"
            return gathered.add([.integer(Int64(number))], to: try #require(StatementShape(sql).insert), sql)
        }
        #expect(try (0..<GatheredInserts.mostRows).allSatisfy { try add($0) })
        #expect(try !add(0))
        gathered.removeAll()
        #expect(try add(0) && gathered.groups.count == 1)
    }

    @Test("What an upsert may have changed, it may have changed from anything")
    func upsert() throws {
        let shape = try #require(
            StatementShape("INSERT INTO a (b, c) VALUES (?, ?) ON CONFLICT (b) DO UPDATE SET c = excluded.c").insert)
        #expect(shape.key(["b"], of: [1, 2]) == [1] && shape.key(["c"], of: [1, 2]) == nil)
    }

    @Test("Keys are the same only byte by byte; a name in quotes or with its schema is the table's")
    func exact() {
        #expect(ExactKey(["jos\u{E9}"]) != ExactKey(["jose\u{301}"]) && ExactKey(["K"]) != ExactKey(["\u{212A}"]))
        #expect(ExactKey(["a", "b"]) != ExactKey(["ab", ""]) && ExactKey([1]) != ExactKey(["1"]))
        #expect(ExactKey([1, nil, "x"]) == ExactKey([1, nil, "x"]))
        #expect(StatementShape("UPDATE \"note\" SET a = 1").words.contains("note"))
        #expect(StatementShape("DELETE FROM s.note").words.contains("note"))
        #expect(StatementShape("SELECT a FROM s.note WHERE a = ?").lookup == nil)
    }

    @Test("No statement has two rows for one place, and rows that may meet keep their order")
    func places() throws {
        var gathered = GatheredInserts()
        let upsert = "INSERT INTO a (b, c) VALUES (?, ?) ON CONFLICT (b) DO UPDATE SET c = excluded.c"
        let other = "INSERT INTO a (b) VALUES (?)"
        func add(_ row: [Value], _ sql: String) throws -> Bool {
            gathered.nextRequest()
            return gathered.add(row, to: try #require(StatementShape(sql).insert), sql)
        }
        #expect(try add([1, 1], upsert) && add([2, 1], upsert))
        #expect(try !add([1, 2], upsert))
        #expect(try add([3], other) && add([4, 1], upsert) && add([5], other))
        #expect(gathered.groups.map(\.rows.count) == [2, 1, 1, 1])
        let lookup = try #require(StatementShape("SELECT c FROM a WHERE b = ?").lookup)
        #expect(gathered.meets(lookup, [5]) && !gathered.meets(lookup, [6]))
        #expect(gathered.meets(["x", "a"]) && !gathered.meets(["x"]))
    }
}
