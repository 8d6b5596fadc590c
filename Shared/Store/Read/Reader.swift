/// A view of the store that does not change while one looks. Valid only inside the closure that was given it.
public class Reader {
    let connection: any Connection

    init(_ connection: any Connection) {
        self.connection = connection
    }

    /// Which engine's SQL this is, for the few statements that must differ.
    public var dialect: Dialect { connection.dialect }

    /// The rows that `sql` selects, each `?` bound to the value at its place.
    public func rows(_ sql: String, _ values: [Value] = []) throws -> [Row] {
        try check()
        return try connection.rows(sql, values, limit: .max)
    }

    /// The first row, or nil when there is none.
    public func row(_ sql: String, _ values: [Value] = []) throws -> Row? {
        try check()
        return try connection.row(sql, values)
    }

    /// Throws unless the transaction around a statement still stands: outside of one, each statement would commit by itself. After a
    /// failure nothing more is done, for it would not count.
    final func check() throws(StoreError) {
        guard connection.isInTransaction, !connection.hasFailed else { throw .transactionEnded }
        if let limit = connection.readLimit, limit.isOver { throw .readTooLong }
    }
}
