import Synchronization

/// Different texts noted by many tasks.
final class Notes: Sendable {
    private let texts = Mutex<Set<String>>([])

    var all: Set<String> { texts.withLock { $0 } }
    var count: Int { texts.withLock { $0.count } }

    func add(_ text: String) { texts.withLock { _ = $0.insert(text) } }
}
