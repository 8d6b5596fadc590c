import Testing

@testable import Store

@Suite("One SQL in PostgreSQL's words")
struct PostgresTextTests {
    @Test(
        "Placeholders are numbered as SQLite numbers them",
        arguments: [
            ("SELECT ? FROM a WHERE b = ?", "SELECT $1 FROM a WHERE b = $2", 2),
            ("SELECT ?2, ?, ?1", "SELECT $2, $3, $1", 3),
            ("SELECT '?' AS \"a?\", ?", "SELECT '?' AS \"a?\", $1", 1),
            ("SELECT ?12", "SELECT $12", 12), ("SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1", 1),
            ("SELECT 1", "SELECT 1", 0),
        ])
    func placeholders(sqlite: String, postgres: String, count: Int) {
        let text = PostgresText(sqlite)
        #expect(text.sql == postgres)
        #expect(text.parameterCount == count)
    }

    @Test("Definitions change the names of types, and nothing else")
    func definitions() {
        let translated = PostgresDefinitions.translated(
            """
            CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL, weight REAL, picture BLOB) STRICT;
            CREATE TABLE place (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
            """)
        #expect(
            translated == """
                CREATE TABLE note (id BIGINT PRIMARY KEY, text TEXT COLLATE "C" NOT NULL, weight DOUBLE PRECISION, picture BYTEA);
                CREATE TABLE place (name TEXT COLLATE "C" PRIMARY KEY);
                """)
    }

    @Test(
        "A refusal is told by its SQLSTATE",
        arguments: [
            ("23505", StoreError.constraint(kind: .unique, message: "m")), ("53100", .full), ("57014", .readTooLong),
            ("57P01", .unavailable(message: "m")), ("08006", .unavailable(message: "m")),
            ("", .unavailable(message: "m")),
            ("40P01", .busy), ("42601", .database(code: 0, message: "42601: m")),
        ])
    func states(state: String, error: StoreError) {
        #expect(StoreError(state: state, message: "m") == error)
    }
}
