/// Puts tables behind those that their foreign keys name.
enum TableOrder {
    /// - Parameters:
    ///   - names: in the order of their creation, which is kept wherever the keys allow.
    ///   - parents: the tables that a table's foreign keys name; itself does not count.
    /// - Returns: nil where keys run in a circle.
    static func sorted(_ names: [String], parents: [String: Set<String>]) -> [String]? {
        var placed: [String] = []
        var rest = names
        while !rest.isEmpty {
            let next = rest.firstIndex { name in
                (parents[name] ?? []).subtracting([name]).isDisjoint(with: rest)
            }
            guard let next else { return nil }
            placed.append(rest.remove(at: next))
        }
        return placed
    }
}
