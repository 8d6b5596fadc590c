import Synchronization
public import Wire

/// What an operation answered, encoded as on the wire.
public final class CollectedResponses: ResponseSink {
    private let responses = Mutex<[[UInt8]]>([])

    public init() {}

    public var all: [[UInt8]] { responses.withLock { $0 } }

    public func answer(_ response: some WireMessage) throws {
        let bytes = try response.serialized()
        responses.withLock { $0.append(bytes) }
    }

    public func send(_ response: some WireMessage) async throws { try answer(response) }
}

/// Hands each response of a stream on, encoded as on the wire.
public struct ForwardedResponses: ResponseSink {
    private let forward: @Sendable ([UInt8]) async throws -> Void

    public init(_ forward: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.forward = forward
    }

    public func answer(_ response: some WireMessage) throws {
        throw RPCError(.internalError, "a stream does not answer")
    }

    public func send(_ response: some WireMessage) async throws {
        try await forward(response.serialized())
    }
}
