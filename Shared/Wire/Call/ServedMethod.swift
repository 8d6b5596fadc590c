/// A method as a server holds it: bytes in, bytes out. The types of its messages are known inside alone.
public struct ServedMethod: Sendable {
    /// Runs the handler on a request that was decoded. A unary method answers once before it returns; a stream is over when it returns.
    public typealias Operation = @Sendable (CallContext, any ResponseSink) async throws -> Void
    /// Decodes a request, whose bytes live as long as the call of this.
    public typealias Prepare = @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Operation

    /// Full name, as "firstline.v1.Intake/CreateTicket".
    public let name: String
    public let prepare: Prepare

    @inlinable
    public init(name: String, prepare: @escaping Prepare) {
        self.name = name
        self.prepare = prepare
    }
}

extension ServedMethod {
    /// The same of bytes in an array.
    public func prepare(serialized bytes: [UInt8]) throws(MessageError) -> Operation {
        var outcome: Result<Operation, MessageError>?
        bytes.withUnsafeBytes { buffer in
            do throws(MessageError) { outcome = .success(try prepare(buffer)) } catch { outcome = .failure(error) }
        }
        return try outcome!.get()
    }

    /// A method with one request and one response.
    @inlinable
    public static func unary<Request: WireMessage, Response: WireMessage>(
        _ name: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) -> ServedMethod {
        ServedMethod(name: name) { bytes throws(MessageError) in
            let request = try Request(decoding: bytes)
            return { context, responses in
                try responses.answer(try await handler(request, context))
            }
        }
    }

    /// A method with one request and many responses.
    @inlinable
    public static func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ name: String,
        _ handler: @escaping @Sendable (Request, CallContext, ResponseStream<Response>) async throws -> Void
    ) -> ServedMethod {
        ServedMethod(name: name) { bytes throws(MessageError) in
            let request = try Request(decoding: bytes)
            return { context, responses in
                try await handler(request, context, ResponseStream(responses))
            }
        }
    }
}

/// Where an operation's responses go.
public protocol ResponseSink: Sendable {
    /// The only response of a unary call. Throws when it cannot be encoded or sent; the call is then open as before.
    func answer(_ response: some WireMessage) throws

    /// Sends one response of a stream; suspends while the caller has given no credit. Throws when the call is over.
    func send(_ response: some WireMessage) async throws
}

/// Where a handler's responses go in a server-streaming call.
public struct ResponseStream<Response: WireMessage>: Sendable {
    @usableFromInline let sink: any ResponseSink

    @inlinable
    public init(_ sink: any ResponseSink) {
        self.sink = sink
    }

    /// Sends one response; suspends while the caller has given no credit. Throws when the call is over.
    public func send(_ response: Response) async throws {
        try await sink.send(response)
    }
}
