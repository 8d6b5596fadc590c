import CPostgreSQL

/// A result of libpq's, freed with the value.
final class PostgresResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    /// How many rows the statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    var columns: [String] { (0..<PQnfields(pointer)).map { String(cString: PQfname(pointer, $0)) } }

    var types: [Oid] { (0..<PQnfields(pointer)).map { PQftype(pointer, $0) } }

    /// The types of a described statement's parameters.
    var parameterTypes: [Oid] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

    /// At most `limit` rows of a prepared statement.
    func rows(of statement: PostgresStatement, limit: Int) throws(StoreError) -> [Row] {
        try rows(columns: statement.columns, types: statement.types, limit: limit)
    }

    /// The rows of each of `count` questions, whose number, from 1, stands in the first column.
    func rows(of statement: PostgresStatement, byNumberTo count: Int) throws(StoreError) -> [[Row]] {
        let columns = Array(statement.columns.dropFirst())
        var answers = Array(repeating: [Row](), count: count)
        for row in try rows(of: statement, limit: .max) {
            guard case .integer(let number) = row.values[0] else {
                throw .wrongType(column: statement.columns[0], wanted: "integer")
            }
            answers[Int(number) - 1].append(Row(columns: columns, values: Array(row.values.dropFirst())))
        }
        return answers
    }

    /// At most `limit` rows, which came in the binary format.
    private func rows(columns: [String], types: [Oid], limit: Int) throws(StoreError) -> [Row] {
        let count = min(Int(PQntuples(pointer)), limit)
        var rows: [Row] = []
        rows.reserveCapacity(count)
        for row in 0..<Int32(count) {
            var values: [Value] = []
            values.reserveCapacity(types.count)
            for (column, type) in types.enumerated() {
                values.append(try value(row, Int32(column), type, name: columns[column]))
            }
            rows.append(Row(columns: columns, values: values))
        }
        return rows
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid, name: String) throws(StoreError) -> Value {
        if PQgetisnull(pointer, row, column) != 0 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column)))
        switch type {
        case PostgresType.integer8: return .integer(integer(bytes, Int64.self))
        case PostgresType.integer4: return .integer(Int64(integer(bytes, Int32.self)))
        case PostgresType.integer2: return .integer(Int64(integer(bytes, Int16.self)))
        case PostgresType.boolean: return .integer(bytes.first == 0 ? 0 : 1)
        case PostgresType.text, PostgresType.name: return .text(String(decoding: bytes, as: UTF8.self))
        case PostgresType.bytes: return .blob(Array(bytes))
        case PostgresType.real8: return .real(Double(bitPattern: integer(bytes, UInt64.self)))
        case PostgresType.real4: return .real(Double(Float(bitPattern: integer(bytes, UInt32.self))))
        case PostgresType.numeric: return .real(numeric(bytes))
        default: throw .wrongType(column: name, wanted: "a type of the seam, not PostgreSQL's \(type)")
        }
    }

    /// A number in the digits of base 10,000 that PostgreSQL sends.
    private func numeric(_ bytes: UnsafeRawBufferPointer) -> Double {
        func word(_ place: Int) -> Int16 {
            Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * place, as: Int16.self))
        }
        var value = 0.0
        for place in 0..<Int(word(0)) { value = value * 10_000 + Double(word(4 + place)) }
        for _ in 0..<max(0, Int(word(1)) + 1 - Int(word(0))) { value *= 10_000 }
        for _ in 0..<max(0, Int(word(0)) - 1 - Int(word(1))) { value /= 10_000 }
        return word(2) == 0x4000 ? -value : value
    }

    private func integer<I: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ type: I.Type) -> I {
        I(bigEndian: bytes.loadUnaligned(as: I.self))
    }
}
