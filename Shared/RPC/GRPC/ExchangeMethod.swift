/// A method whose caller sends any number of requests on one stream, each of which is answered by itself: what gRPC's reflection is.
/// Spoken by the gRPC face alone.
public struct ExchangeMethod: Sendable {
    /// Full name, as "grpc.reflection.v1.ServerReflection/ServerReflectionInfo".
    public var name: String
    /// An encoded response to an encoded request. Runs on an event loop; must not block. Throws `RPCError` or `MessageError`, which ends the stream.
    public var answer: @Sendable (UnsafeRawBufferPointer) throws -> [UInt8]

    public init(name: String, answer: @escaping @Sendable (UnsafeRawBufferPointer) throws -> [UInt8]) {
        self.name = name
        self.answer = answer
    }
}
