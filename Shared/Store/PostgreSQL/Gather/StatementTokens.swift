/// A statement's text in pieces: words, numbers, texts in quotes, and signs.
struct StatementTokens {
    private let sql: String
    private let tokens: [Range<String.Index>]
    private var place = 0
    let words: Set<String>

    init(_ sql: String) {
        self.sql = sql
        tokens = Self.split(sql)
        words = Set(
            tokens.lazy.map { sql[$0] }.filter { $0.first.map(Self.isWordCharacter) ?? false }.map { word in
                // Of a table's name with its schema the last part, and what stands in quotes.
                String(word.split(separator: ".").last ?? word).filter { $0 != "\"" }
            })
    }

    var isAtEnd: Bool { place == tokens.count }

    /// What has not been taken, as it is written.
    var rest: String { isAtEnd ? "" : String(sql[tokens[place].lowerBound...]) }

    /// What has been taken, as it is written, up to the next.
    var taken: Substring { isAtEnd ? sql[...] : sql[..<tokens[place].lowerBound] }

    func isNext(_ token: String) -> Bool { !isAtEnd && sql[tokens[place]] == token }

    mutating func skip() { place += 1 }

    /// Takes the next token if it is that one. Our statements' keywords are in capitals.
    mutating func take(_ token: String) -> Bool {
        guard isNext(token) else { return false }
        place += 1
        return true
    }

    /// A plain name: neither in quotes nor with a schema.
    mutating func takeWord() -> String? {
        guard !isAtEnd, sql[tokens[place]].first.map(Self.isWordCharacter) ?? false,
            !sql[tokens[place]].contains(where: { $0 == "." || $0 == "\"" })
        else { return nil }
        defer { place += 1 }
        return String(sql[tokens[place]])
    }

    /// Words with commas between them, up to the closing parenthesis.
    mutating func takeList() -> [String]? {
        var words: [String] = []
        repeat {
            guard let word = takeWord() else { return nil }
            words.append(word)
        } while take(",")
        return take(")") ? words : nil
    }

    /// A parameter or a constant, perhaps with a type: `?`, `?::tsvector`, `0`, `'open'`, `NULL`.
    /// - Parameter count: of the parameters before.
    mutating func takeValue(_ count: inout Int) -> (text: String, parameter: Int?)? {
        guard !isAtEnd else { return nil }
        var text = String(sql[tokens[place]])
        guard text == "?" || text == "NULL" || text.first == "'" || text.first?.isNumber == true else { return nil }
        var parameter: Int?
        if text == "?" {
            parameter = count
            text = "v\(count)"
            count += 1
        }
        place += 1
        if take("::") {
            guard let type = takeWord() else { return nil }
            text += "::" + type
        }
        return (text, parameter)
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character == "_" || character == "\""
    }

    private static func split(_ sql: String) -> [Range<String.Index>] {
        var tokens: [Range<String.Index>] = []
        var start = sql.startIndex
        while start < sql.endIndex {
            let first = sql[start]
            var end = sql.index(after: start)
            if first.isWhitespace {
                start = end
                continue
            }
            if first == "'" || first == "\"" {
                end = sql[end...].firstIndex(of: first).map(sql.index(after:)) ?? sql.endIndex
            } else if first == "?" || isWordCharacter(first) || first.isNumber {
                // A numbered parameter is one token, which nothing here takes.
                while end < sql.endIndex, isWordCharacter(sql[end]) || sql[end].isNumber || sql[end] == "." {
                    end = sql.index(after: end)
                }
            } else if first == ":", end < sql.endIndex, sql[end] == ":" {
                end = sql.index(after: end)
            }
            tokens.append(start..<end)
            start = end
        }
        return tokens
    }
}
