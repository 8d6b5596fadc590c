import CPostgreSQL

/// The values of one execution, laid out as the protocol's binary formats want them. Used again and again.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// Lays out `values` for parameters of `types`.
    mutating func fill(_ values: [Value], types: [Oid]) throws(StoreError) {
        guard values.count == types.count else { throw .wrongParameters(wanted: types.count, given: values.count) }
        begin()
        for (value, type) in zip(values, types) {
            if value == .null {
                starts.append(nil)
                lengths.append(0)
                formats.append(1)
            } else {
                let start = bytes.count
                try append(value, type)
                end(from: start)
            }
        }
    }

    /// Lays out an array for each of `types`, which holds what the rows have at its place.
    mutating func fill(rows: [[Value]], types: [Oid]) throws(StoreError) {
        begin()
        for (column, type) in types.enumerated() {
            let start = bytes.count
            // One dimension, whether there are NULLs, the elements' type; then the dimension's length and where it begins to count.
            append(Int32(1))
            append(Int32(rows.contains { $0[column] == .null } ? 1 : 0))
            append(type)
            append(Int32(rows.count))
            append(Int32(1))
            for row in rows {
                let place = bytes.count
                append(Int32(-1))
                if row[column] == .null { continue }
                try append(row[column], type)
                let length = Int32(bytes.count - place - 4)
                withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
            }
            end(from: start)
        }
    }

    private mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        // An empty value must not be a null pointer, which means NULL.
        bytes.append(0)
    }

    private mutating func end(from start: Int) {
        starts.append(start)
        lengths.append(Int32(bytes.count - start))
        formats.append(1)
    }

    private mutating func append(_ value: Value, _ type: Oid) throws(StoreError) {
        switch (value, type) {
        case (.integer(let integer), PostgresType.integer8): append(integer)
        case (.integer(let integer), PostgresType.integer4): append(try fitting(integer, Int32.self))
        case (.integer(let integer), PostgresType.integer2): append(try fitting(integer, Int16.self))
        case (.integer(let integer), PostgresType.boolean): bytes.append(integer == 0 ? 0 : 1)
        case (.integer(let integer), PostgresType.real8): append(Double(integer).bitPattern)
        case (.real(let real), PostgresType.real8): append(real.bitPattern)
        case (.text(let text), PostgresType.text): bytes.append(contentsOf: text.utf8)
        case (.blob(let blob), PostgresType.bytes): bytes.append(contentsOf: blob)
        default: throw .constraint(kind: .dataType, message: "parameter \(starts.count + 1) has type \(type) there")
        }
    }

    /// Calls `body` with what libpq's functions take: pointers, lengths, formats.
    mutating func with<R>(
        _ body: (_ count: Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) ->
            R
    ) -> R {
        bytes.withUnsafeBytes { bytes in
            let base = bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
            pointers.removeAll(keepingCapacity: true)
            for start in starts { pointers.append(start.map { base + $0 }) }
            return body(Int32(starts.count), pointers, lengths, formats)
        }
    }

    private mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private func fitting<I: FixedWidthInteger>(_ integer: Int64, _ type: I.Type) throws(StoreError) -> I {
        guard let fitting = I(exactly: integer) else {
            throw .constraint(kind: .dataType, message: "\(integer) does not fit parameter \(starts.count + 1)")
        }
        return fitting
    }
}
