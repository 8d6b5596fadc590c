/// How an engine's index writes what is searched for.
enum SearchSyntax: Sendable, Hashable {
    /// SQLite's FTS5.
    case fts5
    /// PostgreSQL's `tsquery`.
    case tsquery

    var or: String {
        switch self {
        case .fts5: " OR "
        case .tsquery: " | "
        }
    }

    var and: String {
        switch self {
        case .fts5: " AND "
        case .tsquery: " & "
        }
    }

    /// Words in a row, of which the last may go on.
    func phrase(_ tokens: [String], isPrefix: Bool) -> String {
        switch self {
        case .fts5: "\"\(tokens.joined(separator: " "))\"" + (isPrefix ? " *" : "")
        case .tsquery: "(" + tokens.map { "'\($0)'" }.joined(separator: " <-> ") + (isPrefix ? ":*" : "") + ")"
        }
    }
}
