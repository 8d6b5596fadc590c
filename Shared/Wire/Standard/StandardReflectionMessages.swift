/// `grpc.reflection.v1.ServerReflectionRequest` (`v1alpha` is the same on the wire).
public struct StandardReflectionRequest: Sendable, Hashable {
    public enum Question: Sendable, Hashable {
        case fileByName(String)
        case fileContainingSymbol(String)
        case fileContainingExtension(type: String, number: UInt64)
        case extensionNumbers(type: String)
        case services
    }

    /// Nil when nothing is asked, or nothing that we know.
    public var question: Question?

    public static let messageName = "grpc.reflection.v1.ServerReflectionRequest"

    public init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {
        var reader = ProtobufReader(bytes, of: Self.messageName)
        while let (field, value) = try reader.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch field {
            case 3: question = .fileByName(try reader.text(bytes, "file_by_filename"))
            case 4: question = .fileContainingSymbol(try reader.text(bytes, "file_containing_symbol"))
            case 5: question = try Self.extensionQuestion(bytes)
            case 6: question = .extensionNumbers(type: try reader.text(bytes, "all_extension_numbers_of_type"))
            case 7: question = .services
            default: break
            }
        }
    }

    private static func extensionQuestion(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> Question {
        var reader = ProtobufReader(bytes, of: "grpc.reflection.v1.ExtensionRequest")
        var type = ""
        var number: UInt64 = 0
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let text)): type = try reader.text(text, "containing_type")
            case (2, .varint(let value)): number = value
            default: break
            }
        }
        return .fileContainingExtension(type: type, number: number)
    }
}

/// What a `grpc.reflection.v1.ServerReflectionResponse` says.
public enum StandardReflectionAnswer: Sendable, Hashable {
    /// Encoded FileDescriptorProtos.
    case files([[UInt8]])
    /// A type, which has no extensions: proto3 knows none.
    case noExtensions(type: String)
    /// Full names.
    case services([String])
    case failure(StatusCode, String)

    /// The whole response.
    /// - Parameter request: the request's bytes, which it repeats.
    public func response(to request: [UInt8]) -> [UInt8] {
        var response = ProtobufWriter()
        response.bytes(2, request)
        var part = ProtobufWriter()
        switch self {
        case .files(let files):
            for file in files { part.bytes(1, file) }
            response.bytes(4, part.encoded)
        case .noExtensions(let type):
            part.string(1, type)
            response.bytes(5, part.encoded)
        case .services(let names):
            for name in names {
                var service = ProtobufWriter()
                service.string(1, name)
                part.bytes(1, service.encoded)
            }
            response.bytes(6, part.encoded)
        case .failure(let code, let text):
            part.varint(1, UInt64(code.rawValue))
            part.string(2, text)
            response.bytes(7, part.encoded)
        }
        return response.encoded
    }
}
