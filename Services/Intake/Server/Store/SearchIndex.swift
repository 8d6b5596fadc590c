import Store

/// What the engines' full-text indices do each in their own way. `SearchIndex+SQLite.swift` and `SearchIndex+PostgreSQL.swift` hold the SQL.
protocol SearchIndex {
    static var syntax: SearchSyntax { get }

    static func insertHeader(
        id: Int64, ticketID: Int64, subject: String, people: String, in transaction: Transaction) throws
    static func insertMessage(
        id: Int64, ticketID: Int64, isInternal: Bool, text: String, in transaction: Transaction) throws
    /// - Parameters: what was entered under that id.
    static func deleteHeader(id: Int64, subject: String, people: String, in transaction: Transaction) throws
    /// - Parameter isNew: nothing was entered for the requester before.
    static func indexRequester(_ id: Int64, text: String, isNew: Bool, in transaction: Transaction) throws

    /// `WITH found AS (…)`: for one expression, the tickets that match it, each with its `rank`; the least is the best.
    static func found(publicOnly: Bool) -> String
    /// For one expression, the ids of the tickets that match it.
    static func matchingTickets(publicOnly: Bool) -> String
    /// For one expression, the ids of the requesters that match it.
    static var matchingRequesters: String { get }
    /// The greatest id of a requester that is entered, as `n`; no row or 0 for none.
    static var lastRequester: String { get }
}

extension Dialect {
    var searchIndex: any SearchIndex.Type {
        switch self {
        case .sqlite: SQLiteSearchIndex.self
        case .postgres: PostgresSearchIndex.self
        }
    }
}
