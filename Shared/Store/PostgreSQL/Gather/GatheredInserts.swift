/// New rows of a batch's requests that have not been sent: rows of one statement go together, however many requests wrote them.
///
/// The rows of one request keep their order, for a row may name one before it; those of one table keep it too wherever they could meet.
/// All else may change places, for nobody has looked yet: whoever looks where they may be has them sent first.
struct GatheredInserts {
    struct Group {
        let sql: String
        let shape: InsertShape
        var rows: [[Value]]
        /// What the rows so far conflict on, so that no statement has two rows for one place.
        fileprivate var keys: Set<[Value]>
    }

    private(set) var groups: [Group] = []
    private var rows = 0
    private var bytes = 0
    /// The first group that the present request's next row may join.
    private var earliest = 0

    /// What may wait: beyond it the server gets something to do, while we go on. Enough that a statement is not felt beside its rows.
    static let mostRows = 768
    static let mostBytes = 4 << 20

    var isEmpty: Bool { groups.isEmpty }

    mutating func nextRequest() { earliest = 0 }

    mutating func removeAll() {
        groups.removeAll(keepingCapacity: true)
        rows = 0
        bytes = 0
        earliest = 0
    }

    /// Takes a row; false when what is here must be sent first.
    mutating func add(_ row: [Value], to shape: InsertShape, _ sql: String) -> Bool {
        guard rows < Self.mostRows, bytes < Self.mostBytes else { return false }
        var key: [Value]?
        if case .changes(let columns) = shape.conflict {
            key = shape.key(columns, of: row)
            if key == nil { return isEmpty && append(row, key, shape, sql) }
        }
        guard let place = place(for: shape, sql) else { return append(row, key, shape, sql) }
        if let key, !groups[place].keys.insert(key).inserted { return false }
        groups[place].rows.append(row)
        rows += 1
        bytes += row.sizeBytes
        earliest = place
        return true
    }

    /// Whether a statement of those words may see or meet one of the rows.
    func meets(_ words: Set<String>) -> Bool {
        groups.contains { words.contains($0.shape.table) }
    }

    /// Whether one of the rows can be in the answer.
    func meets(_ lookup: LookupShape, _ key: [Value]) -> Bool {
        groups.contains { group in
            group.shape.table == lookup.table
                && group.rows.contains { row in
                    guard let place = group.shape.key(lookup.columns, of: row) else { return true }
                    return place == key
                }
        }
    }

    private mutating func append(_ row: [Value], _ key: [Value]?, _ shape: InsertShape, _ sql: String) -> Bool {
        groups.append(Group(sql: sql, shape: shape, rows: [row], keys: key.map { [$0] } ?? []))
        rows += 1
        bytes += row.sizeBytes
        earliest = groups.count - 1
        return true
    }

    /// The group of the same statement, if none that it could meet comes after it. Of several the first: whatever else the request writes
    /// finds its groups behind that, so that requests of one kind share all of them.
    private func place(for shape: InsertShape, _ sql: String) -> Int? {
        var first: Int?
        for place in groups.indices.reversed() {
            if place < earliest { break }
            let group = groups[place]
            if group.sql == sql {
                first = place
                // What may be there already stays behind what came before.
                if shape.conflict != .fails { break }
            } else if group.shape.table == shape.table, group.shape.conflict != .fails || shape.conflict != .fails {
                break
            }
        }
        return first
    }
}

extension [Value] {
    /// About what the values take in memory.
    var sizeBytes: Int {
        reduce(0) { sum, value in
            switch value {
            case .null, .integer, .real: sum + 8
            case .text(let text): sum + text.utf8.count
            case .blob(let bytes): sum + bytes.count
            }
        }
    }
}
