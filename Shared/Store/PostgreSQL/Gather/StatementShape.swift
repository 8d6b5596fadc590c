/// What a statement's text tells of the rows that it touches: enough to know which statements may change places.
struct StatementShape {
    /// All its words. Every table that it touches is among them.
    let words: Set<String>
    let insert: InsertShape?
    let lookup: LookupShape?

    init(_ sql: String) {
        let tokens = StatementTokens(sql)
        words = tokens.words
        insert = InsertShape(tokens)
        lookup = LookupShape(tokens)
    }
}

/// `INSERT INTO table (columns) VALUES (…)`, perhaps with `ON CONFLICT (columns) …`: each value a parameter or a constant, so that many
/// rows may go as one statement.
struct InsertShape {
    /// What becomes of a row that is there already.
    enum Conflict: Equatable {
        case fails
        case isSkipped
        /// The columns that say whether it is there: no statement may meet a row twice.
        case changes([String])

        fileprivate init?(_ tokens: inout StatementTokens) {
            if tokens.isAtEnd {
                self = .fails
                return
            }
            guard tokens.take("ON"), tokens.take("CONFLICT") else { return nil }
            var columns: [String] = []
            if tokens.take("(") {
                guard let names = tokens.takeList() else { return nil }
                columns = names
            }
            guard tokens.take("DO") else { return nil }
            if tokens.take("NOTHING") {
                self = .isSkipped
            } else if tokens.take("UPDATE"), !columns.isEmpty {
                self = .changes(columns)
            } else {
                return nil
            }
        }
    }

    let table: String
    let columns: [String]
    /// Which parameter a column gets; nil for a constant.
    let parameters: [Int?]
    let conflict: Conflict
    let parameterCount: Int
    /// The values as they are written, a parameter as the name that it has among the gathered columns.
    private let expressions: [String]
    private let ending: String

    fileprivate init?(_ tokens: StatementTokens) {
        var tokens = tokens
        guard tokens.take("INSERT"), tokens.take("INTO"), let table = tokens.takeWord(), tokens.take("("),
            let columns = tokens.takeList(), tokens.take("VALUES"), tokens.take("(")
        else { return nil }
        var count = 0
        var parameters: [Int?] = []
        var expressions: [String] = []
        repeat {
            guard let expression = tokens.takeValue(&count) else { return nil }
            parameters.append(expression.parameter)
            expressions.append(expression.text)
        } while tokens.take(",")
        guard tokens.take(")"), parameters.count == columns.count, count > 0 else { return nil }
        ending = tokens.rest
        guard !ending.contains("?"), !tokens.words.contains("RETURNING"), let conflict = Conflict(&tokens) else {
            return nil
        }
        self.table = table
        self.columns = columns
        self.parameters = parameters
        self.conflict = conflict
        self.expressions = expressions
        parameterCount = count
    }

    /// The same statement for many rows, whose parameters are arrays of `types`, one for each of the single row's parameters.
    func gathered(_ types: [String]) -> String {
        let names = types.indices.map { "v\($0)" }
        let arrays = types.enumerated().map { "?::\($1)[]" }
        return """
            INSERT INTO \(table) (\(columns.joined(separator: ", "))) SELECT \(expressions.joined(separator: ", "))
            FROM unnest(\(arrays.joined(separator: ", "))) AS gathered (\(names.joined(separator: ", "))) \(ending)
            """
    }

    /// What `row` has in `columns`; nil where one of them is no parameter, or where a row that is there already may have had another.
    func key(_ columns: [String], of row: [Value]) -> [Value]? {
        if case .changes(let unique) = conflict, !columns.allSatisfy(unique.contains) { return nil }
        var key: [Value] = []
        for column in columns {
            guard let place = self.columns.firstIndex(of: column), let parameter = parameters[place] else { return nil }
            key.append(row[parameter])
        }
        return key
    }
}

/// `SELECT … FROM table WHERE column = ? AND …`: only rows that have these values in these columns can be in the answer.
struct LookupShape {
    let table: String
    /// Compared with a parameter each, in the order of the parameters.
    let columns: [String]
    /// Up to its conditions, as it is written.
    private let beginning: Substring
    /// The conditions, each parameter as the column of `asked` that has it.
    private let conditions: [String]

    fileprivate init?(_ tokens: StatementTokens) {
        var tokens = tokens
        guard tokens.take("SELECT") else { return nil }
        while !tokens.take("FROM") {
            // A question within the question.
            if tokens.isAtEnd || tokens.isNext("SELECT") || tokens.isNext("?") { return nil }
            tokens.skip()
        }
        guard let table = tokens.takeWord(), tokens.isNext("WHERE") else { return nil }
        beginning = tokens.taken
        tokens.skip()
        var columns: [String] = []
        var conditions: [String] = []
        var count = 0
        repeat {
            guard let column = tokens.takeWord(), tokens.take("="), let value = tokens.takeValue(&count) else {
                return nil
            }
            if value.parameter != nil { columns.append(column) }
            conditions.append("\(column) = \(value.parameter == nil ? "" : "asked.")\(value.text)")
        } while tokens.take("AND")
        guard tokens.isAtEnd else { return nil }
        self.table = table
        self.columns = columns
        self.conditions = conditions
    }

    /// The same question asked of many values at once, whose parameters are arrays of `types`. Before each row of an answer stands the number,
    /// from 1, of the values that it answers. OFFSET 0 keeps the planner from reading the whole table instead of its index for each of them.
    func gathered(_ types: [String]) -> String {
        let names = types.indices.map { "v\($0)" } + ["number"]
        let arrays = types.map { "?::\($0)[]" }
        return """
            SELECT asked.number, found.*
            FROM unnest(\(arrays.joined(separator: ", "))) WITH ORDINALITY AS asked (\(names.joined(separator: ", ")))
            CROSS JOIN LATERAL (\(beginning)WHERE \(conditions.joined(separator: " AND ")) OFFSET 0) AS found
            """
    }
}
