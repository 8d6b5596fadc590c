/// A statement's text with PostgreSQL's placeholders in place of SQLite's: `?` is one more than the highest number before, `?3` is `$3`.
struct PostgresText {
    let sql: String
    /// How many parameters there are.
    let parameterCount: Int

    init(_ sqlite: String) {
        var sql = ""
        sql.reserveCapacity(sqlite.utf8.count + 16)
        var highest = 0
        var number: Int?
        var quote: Character?
        func place(_ given: Int) -> String {
            let place = given == 0 ? highest + 1 : given
            highest = max(highest, place)
            return "$\(place)"
        }
        for character in sqlite {
            if let digits = number {
                if let digit = character.wholeNumberValue {
                    number = digits * 10 + digit
                    continue
                }
                sql += place(digits)
                number = nil
            }
            if let open = quote {
                if character == open { quote = nil }
                sql.append(character)
            } else if character == "?" {
                number = 0
            } else {
                if character == "'" || character == "\"" { quote = character }
                sql.append(character)
            }
        }
        if let digits = number { sql += place(digits) }
        self.sql = sql
        parameterCount = highest
    }
}
