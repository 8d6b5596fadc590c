/// SQLite's definitions in PostgreSQL's words, where nothing but the names of types differs.
///
/// What it answers for a text must never change: migrations have run with it. The golden schemas hold what it comes to.
enum PostgresDefinitions {
    private static let types = [
        "INTEGER": "BIGINT",
        "REAL": "DOUBLE PRECISION",
        "BLOB": "BYTEA",
        // Texts are compared by their bytes, as SQLite does.
        "TEXT": "TEXT COLLATE \"C\"",
    ]

    static func translated(_ sqlite: String) -> String {
        var result = ""
        var word = ""
        for character in sqlite {
            if character.isLetter || character == "_" {
                word.append(character)
            } else {
                result += types[word] ?? word
                word = ""
                result.append(character)
            }
        }
        result += types[word] ?? word
        // The endings that ask SQLite for strict types, and for tables without row ids.
        return [") STRICT, WITHOUT ROWID", ") STRICT"].reduce(result) { $0.replacing($1, with: ")") }
    }
}
