import RPC
import Wire

/// `grpc.reflection.v1` and `v1alpha`: what stock gRPC tools ask before they call a method without its `.proto` file. Needs no rights.
struct StandardReflection: Sendable {
    /// Full names.
    let services: [String]
    let descriptors: DescriptorIndex

    static let serviceNames = [
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
    ]

    /// - Parameter services: full names of what is served beside this.
    init(_ services: [String]) throws {
        self.services = (services + Self.serviceNames).sorted()
        descriptors = try DescriptorIndex([WireSchema.fileDescriptorSet, WireSchema.standardFileDescriptorSet])
    }

    var methods: [ExchangeMethod] {
        Self.serviceNames.map { service in
            ExchangeMethod(name: "\(service)/ServerReflectionInfo") { request in
                let question = try StandardReflectionRequest(decoding: request).question
                return answer(question).response(to: Array(request))
            }
        }
    }

    func answer(_ question: StandardReflectionRequest.Question?) -> StandardReflectionAnswer {
        switch question {
        case .fileByName(let name):
            return descriptors.files(named: name).map { .files($0) } ?? .failure(.notFound, "no file \(name)")
        case .fileContainingSymbol(let symbol):
            return descriptors.files(defining: symbol).map { .files($0) } ?? .failure(.notFound, "no symbol \(symbol)")
        case .fileContainingExtension(let type, let number):
            return .failure(.notFound, "\(type) has no extension \(number)")
        case .extensionNumbers(let type):
            return descriptors.isMessage(type) ? .noExtensions(type: type) : .failure(.notFound, "no type \(type)")
        case .services: return .services(services)
        case nil: return .failure(.invalidArgument, "nothing was asked that is known here")
        }
    }
}
