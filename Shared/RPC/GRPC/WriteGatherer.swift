import NIOCore

/// Between HTTP/2 and the socket: gathers the small writes of one turn into one, which TLS then makes one record of. Once the connection is
/// given up it also drops what still comes, so that no more is read from a peer that was sent away.
final class WriteGatherer: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    /// Sent down the pipeline when the connection is given up.
    struct GiveUp: Sendable {}

    private var out = ByteBuffer()
    private var isGivenUp = false

    /// A longer write goes out by itself, uncopied.
    private static let longestCopyBytes = 16 * 1_024
    /// A buffer that grew beyond this is given back.
    private static let keptBytes = 64 * 1_024

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isGivenUp { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(let bytes) = unwrapOutboundIn(data) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if promise == nil, bytes.readableBytes <= Self.longestCopyBytes {
            out.writeImmutableBuffer(bytes)
            if out.readableBytes >= Self.keptBytes { writeOut(context) }
        } else {
            writeOut(context)
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        writeOut(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        writeOut(context)
        context.flush()
        context.close(mode: mode, promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is GiveUp {
            isGivenUp = true
            promise?.succeed()
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    private func writeOut(_ context: ChannelHandlerContext) {
        guard out.readableBytes > 0 else { return }
        context.write(wrapOutboundOut(out), promise: nil)
        if out.capacity > Self.keptBytes { out = ByteBuffer() } else { out.clear() }
    }
}
