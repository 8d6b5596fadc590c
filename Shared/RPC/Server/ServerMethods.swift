import Wire

/// A server's methods by full name.
struct ServerMethods: MethodTable {
    private var methods: [String: ServedMethod] = [:]

    init(_ handlers: [any ServiceHandler]) {
        for handler in handlers { handler.register(in: &self) }
    }

    /// Nil for a method that is not served here.
    subscript(_ name: String) -> ServedMethod? { methods[name] }

    mutating func enter(_ method: ServedMethod) {
        precondition(methods[method.name] == nil, "two handlers of one method")
        methods[method.name] = method
    }
}
