/// A table whose rows are carried from one store to another, and the statements that do it on either engine.
struct MovedTable: Sendable, Hashable {
    let name: String
    let columns: [String]
    /// The primary key's columns, in its order; never empty.
    let key: [String]

    /// Rows in the order of the key, from the first or from those after a key.
    /// - Parameter isFirst: nothing was read before; else the key's values are bound before the limit.
    func page(isFirst: Bool) -> String {
        let after = isFirst ? "" : " WHERE \(tuple(key)) > \(parameters(key.count))"
        return "SELECT \(list(columns)) FROM \(quoted(name))\(after) ORDER BY \(list(key)) LIMIT ?"
    }

    /// Takes a value for each column.
    var insert: String {
        "INSERT INTO \(quoted(name)) (\(list(columns))) VALUES (\(places(columns.count)))"
    }

    /// The key of the last row.
    var lastKey: String {
        let order = key.map { quoted($0) + " DESC" }.joined(separator: ", ")
        return "SELECT \(list(key)) FROM \(quoted(name)) ORDER BY \(order) LIMIT 1"
    }

    /// How many rows there are, as `n`.
    var count: String { "SELECT count(*) AS n FROM \(quoted(name))" }

    /// The values of the key in a row that has its columns.
    func key(of row: Row) throws(StoreError) -> [Value] {
        var values: [Value] = []
        for column in key { values.append(try row[column]) }
        return values
    }

    private func tuple(_ names: [String]) -> String { names.count == 1 ? quoted(names[0]) : "(\(list(names)))" }

    private func parameters(_ count: Int) -> String { count == 1 ? "?" : "(\(places(count)))" }

    private func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    private func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }

    private func quoted(_ name: String) -> String { "\"\(name)\"" }
}
