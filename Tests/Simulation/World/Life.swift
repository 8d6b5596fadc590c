import Store

/// One life of a service: from a start to a crash or the end.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Life: @unchecked Sendable {
    let service: String
    /// What it does from now on has no effect: nothing it sends arrives.
    private(set) var isOver = false
    var store: Store?
    var methods: MethodsByName?

    init(service: String) {
        self.service = service
    }

    func end() {
        isOver = true
        methods = nil
    }
}
