import NIOCore

/// Finds out which protocol a new connection speaks, and leaves: ours, whose handler is there already, or gRPC, whose handlers then take its place.
/// Under TLS it is ALPN that says so; on plain TCP the first byte: HTTP/2 begins with "PRI", and no HELLO is that long.
final class FaceChooser: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let native: ServerChannelHandler
    private let makeGRPC: () -> GRPCChannelHandler
    private let limits: RPCLimits

    /// - Parameters:
    ///   - native: the next handler of the pipeline.
    ///   - makeGRPC: makes what serves gRPC instead.
    init(_ native: ServerChannelHandler, limits: RPCLimits, orGRPC makeGRPC: @escaping () -> GRPCChannelHandler) {
        self.native = native
        self.limits = limits
        self.makeGRPC = makeGRPC
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let handshake = event as? TLSHandshakeCompleted else {
            return context.fireUserInboundEventTriggered(event)
        }
        if handshake.applicationProtocol == .grpc { takeGRPC(context) }
        context.fireUserInboundEventTriggered(event)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == UInt8(ascii: "P") { takeGRPC(context) }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func takeGRPC(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(native, promise: nil)
        let grpc = makeGRPC()
        do {
            try pipeline.addHandler(WriteGatherer())
            try pipeline.addHandler(HTTP2Configuration(limits: limits).makeHandler(grpc))
            try pipeline.addHandler(grpc)
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}
