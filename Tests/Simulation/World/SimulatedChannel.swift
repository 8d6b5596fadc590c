import Model
import Wire

/// A party's way to a service, over the simulated network. Messages are encoded and decoded as on the wire.
struct SimulatedChannel: CallChannel {
    static let outside = "outside"

    let network: Network
    let to: String
    let caller: Caller
    /// The service that calls; nil for somebody outside.
    var from: Life?

    func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        let bytes = try request.serialized()
        _ = try await network.carry(from: name, to: to)
        let (server, methods) = try reach(method)
        let answer = try await methods.answer(method, bytes, context(method, options))
        try checkBothLive(server)
        _ = try await network.carry(from: to, to: name)
        try checkBothLive(nil)
        try answer.withUnsafeBytes { try decode($0) }
    }

    func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        let bytes = try request.serialized()
        _ = try await network.carry(from: name, to: to)
        let (server, methods) = try reach(method)
        let stream = Stream()
        try await withoutActuallyEscaping(decode) { decode in
            try await withoutActuallyEscaping(receive) { receive in
                try await methods.stream(method, bytes, context(method, options)) { bytes in
                    try checkBothLive(server)
                    let copies = try await network.carry(from: to, to: name)
                    try checkBothLive(nil)
                    if !stream.isBroken, network.losesFromStream() {
                        stream.isBroken = true
                        return
                    }
                    for _ in 0..<copies {
                        try bytes.withUnsafeBytes { try decode($0) }
                        try await receive()
                    }
                    if stream.isBroken { throw RPCError(.unavailable, "the stream broke") }
                }
            }
        }
    }

    private var name: String { from?.service ?? Self.outside }

    private func context(_ method: String, _ options: CallOptions) -> CallContext {
        CallContext(method: method, caller: caller, metadata: options.metadata)
    }

    private func reach(_ method: String) throws -> (Life, MethodsByName) {
        try checkBothLive(nil)
        guard AccessPolicy.allows(caller, method) else { throw RPCError.forbidden("\(method) is not allowed") }
        return try network.server(to)
    }

    /// One stream: after a message that was lost it brings one more, which the receiver must not take for the next, and breaks.
    ///
    /// `@unchecked Sendable`: only touched on the world's thread.
    private final class Stream: @unchecked Sendable {
        var isBroken = false
    }

    /// What a dead process sends does not arrive, and a dead process hears nothing.
    private func checkBothLive(_ server: Life?) throws {
        guard from?.isOver != true, server?.isOver != true else {
            throw RPCError(.unavailable, "the connection is gone")
        }
    }
}
