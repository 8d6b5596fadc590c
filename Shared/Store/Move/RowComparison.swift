/// Finds the first row in which two pages of one table differ.
struct RowComparison {
    let table: MovedTable

    /// - Parameters: the rows of both stores in the order of the key, from the same place on and with the same limit.
    func firstDifference(old: [Row], new: [Row]) throws(StoreError) -> MoveDifference? {
        for index in 0..<max(old.count, new.count) {
            if index == old.count { return try extra(new[index]) }
            if index == new.count { return try missing(old[index]) }
            if let difference = try difference(old[index], new[index]) { return difference }
        }
        return nil
    }

    private func difference(_ old: Row, _ new: Row) throws(StoreError) -> MoveDifference? {
        let (oldKey, newKey) = (try table.key(of: old), try table.key(of: new))
        for (one, two) in zip(oldKey, newKey) where !one.isSame(as: two) {
            return one.isBefore(two) ? try missing(old) : try extra(new)
        }
        var columns: [String] = []
        for column in table.columns where !(try old[column].isSame(as: new[column])) { columns.append(column) }
        if columns.isEmpty { return nil }
        return MoveDifference(table.name, key: try name(old), "differs in \(columns.joined(separator: ", "))")
    }

    private func missing(_ row: Row) throws(StoreError) -> MoveDifference {
        MoveDifference(table.name, key: try name(row), "is missing in the new store")
    }

    private func extra(_ row: Row) throws(StoreError) -> MoveDifference {
        MoveDifference(table.name, key: try name(row), "is in the new store alone")
    }

    /// "id 7".
    private func name(_ row: Row) throws(StoreError) -> String {
        zip(table.key, try table.key(of: row)).map { "\($0) \($1.shown)" }.joined(separator: ", ")
    }
}
