import Logging
import NIOCore

/// Puts a `TLSSession` between the socket and the next handler. The next handler sees `channelActive` at once, but its writes wait for the
/// handshake, after which `TLSHandshakeCompleted` is fired. A failed handshake sends TLS's alert, reports the error, and closes.
final class TLSChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case handshaking
        case open
        case closed
    }

    private let session: TLSSession
    private let logger: Logger
    private var state = State.handshaking
    /// Plain bytes that wait for the handshake: a HELLO, for no peer gets more before it.
    private var early = ByteBuffer()
    private var plain = ByteBuffer()
    private var wire = ByteBuffer()

    /// A buffer that grew beyond this is given back.
    private static let keptBytes = 64 * 1_024

    init(_ session: TLSSession, logger: Logger) {
        self.session = session
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { shakeHands(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        shakeHands(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .closed { return }
        session.receive(unwrapInboundIn(data))
        if state == .handshaking { shakeHands(context) }
        if state == .open { read(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch state {
        case .handshaking:
            early.writeImmutableBuffer(unwrapOutboundIn(data))
            promise?.succeed()
        case .open:
            do {
                try session.write(unwrapOutboundIn(data))
                sendOutgoing(context, promise: promise)
            } catch {
                promise?.fail(error)
                fail(context, error)
            }
        case .closed: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if state == .open, mode != .input {
            session.shutDown()
            sendOutgoing(context, promise: nil)
            context.flush()
        }
        if mode == .all { state = .closed }
        context.close(mode: mode, promise: promise)
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        do {
            let progress = try session.handshake()
            guard case .done = progress else { return flushOutgoing(context) }
            state = .open
            context.fireUserInboundEventTriggered(
                TLSHandshakeCompleted(
                    serviceName: session.peerServiceName, applicationProtocol: session.applicationProtocol))
            if early.readableBytes > 0 {
                try session.write(early)
                early = ByteBuffer()
            }
            flushOutgoing(context)
        } catch {
            // The alert that says why goes out first.
            flushOutgoing(context)
            fail(context, error)
        }
    }

    private func read(_ context: ChannelHandlerContext) {
        do {
            let progress = try session.read(into: &plain)
            if plain.readableBytes > 0 {
                context.fireChannelRead(wrapInboundOut(plain))
                if plain.capacity > Self.keptBytes { plain = ByteBuffer() } else { plain.clear() }
            }
            flushOutgoing(context)
            if case .closed = progress, state != .closed { context.close(promise: nil) }
        } catch {
            flushOutgoing(context)
            fail(context, error)
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        guard state != .closed else { return }
        state = .closed
        logger.info(
            "TLS failed",
            metadata: ["peer.address": "\(context.remoteAddress?.description ?? "")", "error": "\(error)"])
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func sendOutgoing(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        session.takeOutgoing(into: &wire)
        context.write(wrapOutboundOut(wire), promise: promise)
        if wire.capacity > Self.keptBytes { wire = ByteBuffer() } else { wire.clear() }
    }

    private func flushOutgoing(_ context: ChannelHandlerContext) {
        session.takeOutgoing(into: &wire)
        guard wire.readableBytes > 0 else { return }
        sendOutgoing(context, promise: nil)
        context.flush()
    }
}
