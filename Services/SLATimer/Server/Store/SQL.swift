import Store

/// Statements whose query plan a test asserts: somebody waits for them, or they run often.
enum SQL {
    /// How many ids one statement asks for. Few numbers, so that there are few texts, which stay prepared.
    private static let groupSizes = [1, 8, 64]

    /// Ids in groups of those sizes, each once, the last group filled up by repeating its last id.
    static func groups(_ ids: [Int64]) -> [[Value]] {
        let ids = Set(ids).sorted()
        let most = groupSizes[groupSizes.count - 1]
        return stride(from: 0, to: ids.count, by: most).map { start in
            let group = ids[start..<min(start + most, ids.count)]
            let size = groupSizes.first { $0 >= group.count } ?? most
            let filling = repeatElement(group[group.endIndex - 1], count: size - group.count)
            return (group + filling).map(Value.integer)
        }
    }

    static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
