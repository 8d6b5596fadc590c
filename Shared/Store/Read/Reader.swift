/// A view of the store that does not change while one looks. Valid only inside the closure that was given it.
public class Reader {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The rows that `sql` selects, each `?` bound to the value at its place.
    public func rows(_ sql: String, _ values: [Value] = []) throws -> [Row] {
        try statement(sql).rows(values)
    }

    /// The first row, or nil when there is none.
    public func row(_ sql: String, _ values: [Value] = []) throws -> Row? {
        try statement(sql).rows(values, limit: 1).first
    }

    /// The prepared statement, if the transaction around it still stands: outside of one, each statement would commit by itself.
    final func statement(_ sql: String) throws -> PreparedStatement {
        guard connection.isInTransaction else { throw StoreError.transactionEnded }
        if let limit = connection.readLimit, limit.isOver { throw StoreError.readTooLong }
        return try connection.statement(sql)
    }
}
