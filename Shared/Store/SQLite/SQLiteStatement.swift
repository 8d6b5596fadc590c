import GRDB
import GRDBSQLite

#if canImport(Glibc)
    import Glibc
#endif

/// A statement prepared by SQLite that binds and reads the store's own values, without a copy through GRDB's.
final class SQLiteStatement {
    private let statement: Statement
    private let pointer: OpaquePointer
    private let parameterCount: Int
    private let columns: [String]
    private let isReadOnly: Bool
    private unowned let connection: EmbeddedConnection

    init(_ statement: Statement, on connection: EmbeddedConnection) {
        self.statement = statement
        self.connection = connection
        pointer = statement.sqliteStatement
        parameterCount = Int(sqlite3_bind_parameter_count(pointer))
        columns = statement.columnNames
        isReadOnly = sqlite3_stmt_readonly(pointer) != 0
    }

    /// Runs to the end and returns how many rows it changed.
    @discardableResult
    func execute(_ values: [Value]) throws(StoreError) -> Int {
        try bind(values)
        defer { reset() }
        if !isReadOnly { connection.hasWritten = true }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: continue
            case SQLITE_DONE:
                return isReadOnly ? 0 : Int(sqlite3_changes(connection.handle))
            case let code: throw connection.failure(code)
            }
        }
    }

    /// Runs and returns up to `limit` rows.
    func rows(_ values: [Value], limit: Int = .max) throws(StoreError) -> [Row] {
        try bind(values)
        defer { reset() }
        if !isReadOnly { connection.hasWritten = true }
        var rows: [Row] = []
        while rows.count < limit {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: rows.append(row())
            case SQLITE_DONE: return rows
            case let code: throw connection.failure(code)
            }
        }
        return rows
    }

    private func row() -> Row {
        let values = [Value](unsafeUninitializedCapacity: columns.count) { buffer, count in
            for index in columns.indices { (buffer.baseAddress! + index).initialize(to: value(Int32(index))) }
            count = columns.count
        }
        return Row(columns: columns, values: values)
    }

    private func value(_ index: Int32) -> Value {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(pointer, index) else { return .text("") }
            let count = Int(sqlite3_column_bytes(pointer, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(pointer, index) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(pointer, index))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    private func bind(_ values: [Value]) throws(StoreError) {
        guard values.count == parameterCount else {
            throw .wrongParameters(wanted: parameterCount, given: values.count)
        }
        // SQLite copies what it is given, as its "transient" destructor says.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (place, value) in values.enumerated() {
            let index = Int32(place + 1)
            let code: Int32
            switch value {
            case .null: code = sqlite3_bind_null(pointer, index)
            case .integer(let integer): code = sqlite3_bind_int64(pointer, index, integer)
            case .real(let real): code = sqlite3_bind_double(pointer, index, real)
            case .text(var text):
                code = text.withUTF8 { buffer in
                    buffer.withMemoryRebound(to: CChar.self) { buffer in
                        // An empty text must not be bound as a null pointer, which means NULL.
                        guard let start = buffer.baseAddress, !buffer.isEmpty else {
                            return sqlite3_bind_text64(pointer, index, "", 0, transient, UInt8(SQLITE_UTF8))
                        }
                        // PostgreSQL's texts hold no NUL, so none of ours do.
                        if memchr(start, 0, buffer.count) != nil { return SQLITE_MISMATCH }
                        return sqlite3_bind_text64(
                            pointer, index, start, UInt64(buffer.count), transient, UInt8(SQLITE_UTF8))
                    }
                }
            case .blob(let bytes):
                code =
                    bytes.isEmpty
                    ? sqlite3_bind_zeroblob(pointer, index, 0)
                    : sqlite3_bind_blob64(pointer, index, bytes, UInt64(bytes.count), transient)
            }
            guard code == SQLITE_OK else {
                defer { reset() }
                if code == SQLITE_MISMATCH {
                    throw connection.refuse(.constraint(kind: .dataType, message: "a text holds NUL"))
                }
                throw connection.failure(code)
            }
        }
    }

    private func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }
}
