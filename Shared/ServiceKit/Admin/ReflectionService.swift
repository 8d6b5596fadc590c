import Model
import Wire

/// Tells which services, methods and messages stand on this port, without rights.
struct ReflectionService: ReflectionHandler {
    /// Full names.
    let services: [String]

    /// - Parameter handlers: everything that is served beside this one.
    init(_ handlers: [any ServiceHandler]) {
        var names = MethodNames()
        for handler in handlers { handler.register(in: &names) }
        services = names.services.union(["firstline.v1.Reflection"]).sorted()
    }

    func describe(_ request: DescribeRequest, _ context: CallContext) async throws -> DescribeResponse {
        DescribeResponse(services: services, fileDescriptorSet: WireSchema.fileDescriptorSet)
    }
}

/// A table that only notes which services its methods are of.
struct MethodNames: MethodTable {
    private(set) var methods: Set<String> = []

    var services: Set<String> { Set(methods.map { String($0.prefix { $0 != "/" }) }) }

    mutating func enter(_ method: ServedMethod) {
        methods.insert(method.name)
    }
}
