/// A channel that completes the options of every call that goes through it: who calls, on whose behalf, within which trace.
public struct CompletingChannel: CallChannel {
    private let channel: any CallChannel
    private let complete: @Sendable (inout CallOptions) -> Void

    public init(_ channel: any CallChannel, _ complete: @escaping @Sendable (inout CallOptions) -> Void) {
        self.channel = channel
        self.complete = complete
    }

    public func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        try await channel.unary(method, request, completed(options), decode)
    }

    public func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        try await channel.serverStreaming(method, request, completed(options), decode, receive)
    }

    private func completed(_ options: CallOptions) -> CallOptions {
        var options = options
        complete(&options)
        return options
    }
}
