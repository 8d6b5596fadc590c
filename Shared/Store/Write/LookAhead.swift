/// Stands for a reader while a request says what it is about to look up: notes each question, and finds nothing.
final class LookAhead: Reader {
    private(set) var asked: [(sql: String, values: [Value])] = []

    override func rows(_ sql: String, _ values: [Value] = []) -> [Row] {
        asked.append((sql, values))
        return []
    }

    override func row(_ sql: String, _ values: [Value] = []) -> Row? {
        asked.append((sql, values))
        return nil
    }
}
