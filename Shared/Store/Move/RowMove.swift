/// Copies and compares tables, a page of rows after the other.
struct RowMove: Sendable {
    let source: Store
    let target: Store
    let progress: @Sendable (MoveProgress) -> Void

    init(from source: Store, to target: Store, progress: @escaping @Sendable (MoveProgress) -> Void) {
        self.source = source
        self.target = target
        self.progress = progress
    }

    /// Copies what the target does not have yet.
    func copy(_ table: MovedTable) async throws {
        let total = try await source.count(table)
        var done = try await target.count(table)
        var key = try await target.lastKey(table)
        var size = PageSize()
        while true {
            try Task.checkCancellation()
            progress(MoveProgress(.copyingRows, table: table.name, done: done, total: total))
            let page = try await source.page(table, after: key, rows: size.rows)
            guard let last = page.last else { return }
            size.adapt(to: page)
            try await target.write("move.rows") { transaction in
                for row in page { try transaction.execute(table.insert, row.values) }
            }
            done += Int64(page.count)
            key = try table.key(of: last)
        }
    }

    /// Compares every row.
    /// - Returns: how many rows were equal, and the first that is not.
    func check(_ table: MovedTable) async throws -> (rows: Int64, MoveDifference?) {
        let total = try await source.count(table)
        var done: Int64 = 0
        var key: [Value]?
        var size = PageSize()
        let comparison = RowComparison(table: table)
        while true {
            try Task.checkCancellation()
            progress(MoveProgress(.checkingRows, table: table.name, done: done, total: total))
            let old = try await source.page(table, after: key, rows: size.rows)
            let new = try await target.page(table, after: key, rows: size.rows)
            if let difference = try comparison.firstDifference(old: old, new: new) { return (done, difference) }
            guard let last = old.last else { return (done, nil) }
            size.adapt(to: old)
            done += Int64(old.count)
            key = try table.key(of: last)
        }
    }
}

extension Store {
    fileprivate func page(_ table: MovedTable, after key: [Value]?, rows: Int64) async throws -> [Row] {
        try await read(within: StoreMove.readLimit) { reader in
            try reader.rows(table.page(isFirst: key == nil), (key ?? []) + [.integer(rows)])
        }
    }

    fileprivate func lastKey(_ table: MovedTable) async throws -> [Value]? {
        try await read(within: StoreMove.readLimit) { reader in
            try reader.row(table.lastKey).map { try table.key(of: $0) }
        }
    }

    fileprivate func count(_ table: MovedTable) async throws -> Int64 {
        try await read(within: StoreMove.readLimit) { try $0.row(table.count)?.int("n") ?? 0 }
    }
}
