import NIOCore
import Wire

@testable import RPC

/// The bytes that a peer without TLS sends first, to both sides; then the parsers of heads by themselves, each with what it writes itself.
func fuzzHello(_ bytes: UnsafeRawBufferPointer) {
    greetServer(ByteBuffer(bytes: bytes))
    greetClient(ByteBuffer(bytes: bytes))
    var input = FuzzInput(bytes)
    let head = input.piece(Int(input.byte()))
    let body = input.remainder()
    let header = FrameHeader(
        length: head.readableBytes + body.readableBytes, stream: .connection, type: 0, flags: [],
        headLength: head.readableBytes)
    checkHeads(Frame(header: header, head: head, body: body))
}

private func greetServer(_ bytes: ByteBuffer) {
    var machine = ServerConnection(limits: RPCLimits())
    var reader = FrameReader(maxPayloadBytes: machine.maxPayloadBytes)
    reader.append(bytes)
    guard let piece = try? reader.next() else { return }
    switch machine.receive(piece, at: .now) {
    case .welcome:
        precondition(machine.phase == .open)
        checkSettings(machine.peer)
    case .close: precondition(machine.phase == .closed && machine.peer == nil)
    default: preconditionFailure("a first frame is a greeting, or the end")
    }
}

private func greetClient(_ bytes: ByteBuffer) {
    var machine = ClientConnection(limits: RPCLimits())
    var reader = FrameReader(maxPayloadBytes: machine.maxPayloadBytes)
    reader.append(bytes)
    guard let piece = try? reader.next() else { return }
    switch machine.receive(piece) {
    case .ready:
        precondition(machine.phase == .open)
        checkSettings(machine.peer)
    case .close, .lost: precondition(machine.phase == .closed)
    default: preconditionFailure("a first frame is a greeting, or the end")
    }
}

private func checkSettings(_ peer: Hello?) {
    guard let peer else { preconditionFailure("a greeting without settings") }
    precondition(peer.maxStreams <= Int(UInt16.max) && peer.maxMetadataBytes <= Int(UInt16.max))
    precondition(peer.streamCreditBytes >= 0 && peer.maxMessageBytes >= 0)
    let body = peer.encoded()
    let header = FrameHeader(
        length: body.readableBytes, stream: .connection, type: FrameType.hello.rawValue, flags: [], headLength: 0)
    let again = try? Hello(decoding: Frame(header: header, head: ByteBuffer(), body: body), defaults: RPCLimits())
    precondition(again == peer, "a HELLO changes on the wire")
}

private func checkHeads(_ frame: Frame) {
    if let request = try? RequestHead(decoding: frame.head) {
        var tail = ByteBuffer(integer: request.timeoutMilliseconds)
        precondition(RequestHead.encodeTail(method: request.method, metadata: request.metadata, into: &tail))
        let again = try? RequestHead(decoding: tail)
        precondition(again == request, "a request's head changes on the wire")
    }
    if let status = try? Status(decoding: frame) {
        _ = status.error
    }
    if let goAway = try? GoAway(decoding: frame) {
        precondition(goAway.reason.utf8.count <= 3 * Int(UInt16.max))
    }
}
