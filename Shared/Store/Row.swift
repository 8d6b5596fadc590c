/// One row of an answer. Columns are asked for by name; a missing column or another type than asked for throws, because either
/// means that the SQL and the code beside it have parted.
public struct Row: Sendable, Hashable {
    /// The columns' names, from left to right.
    public let columns: [String]
    /// The columns' values, in the same order.
    public let values: [Value]

    /// The value of `column`; throws ``StoreError/missingColumn(_:)``.
    public subscript(column: String) -> Value {
        get throws(StoreError) {
            guard let index = columns.firstIndex(of: column) else { throw .missingColumn(column) }
            return values[index]
        }
    }

    public func int(_ column: String) throws(StoreError) -> Int64 {
        guard case .integer(let value) = try self[column] else { throw .wrongType(column: column, wanted: "integer") }
        return value
    }

    public func intOrNil(_ column: String) throws(StoreError) -> Int64? {
        try self[column] == .null ? nil : int(column)
    }

    public func text(_ column: String) throws(StoreError) -> String {
        guard case .text(let value) = try self[column] else { throw .wrongType(column: column, wanted: "text") }
        return value
    }

    public func textOrNil(_ column: String) throws(StoreError) -> String? {
        try self[column] == .null ? nil : text(column)
    }

    public func blob(_ column: String) throws(StoreError) -> [UInt8] {
        guard case .blob(let value) = try self[column] else { throw .wrongType(column: column, wanted: "blob") }
        return value
    }

    public func blobOrNil(_ column: String) throws(StoreError) -> [UInt8]? {
        try self[column] == .null ? nil : blob(column)
    }

    /// A real, or an integer widened to one (as sums and averages may give either).
    public func double(_ column: String) throws(StoreError) -> Double {
        switch try self[column] {
        case .real(let value): return value
        case .integer(let value): return Double(value)
        default: throw .wrongType(column: column, wanted: "real")
        }
    }

    public func doubleOrNil(_ column: String) throws(StoreError) -> Double? {
        try self[column] == .null ? nil : double(column)
    }

    /// An integer that is 0 or 1.
    public func bool(_ column: String) throws(StoreError) -> Bool {
        switch try int(column) {
        case 0: return false
        case 1: return true
        default: throw .wrongType(column: column, wanted: "0 or 1")
        }
    }
}
