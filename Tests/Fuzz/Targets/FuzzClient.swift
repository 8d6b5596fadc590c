import NIOCore

@testable import RPC

/// A script as for the server: calls that the program starts and gives up, between what the server sends.
func fuzzClient(_ bytes: UnsafeRawBufferPointer) {
    var script = ClientScript()
    var input = FuzzInput(bytes)
    while !input.isEmpty {
        let step = input.byte()
        switch step {
        case 0xF0...0xF3: script.start()
        case 0xF4, 0xF5: script.giveUp(at: Int(input.byte()))
        case 0xF6: script.drain()
        case 0xF7: script.close()
        default: script.receive(input.piece(Int(step)))
        }
        script.check()
    }
}

private struct ClientScript {
    private var machine = ClientConnection(limits: .tight)
    private var reader = FrameReader(maxPayloadBytes: Hello.maxBytes)
    private var open: [StreamID] = []
    private var last: [Int: StreamID] = [:]

    mutating func receive(_ bytes: ByteBuffer) {
        guard machine.phase != .closed else { return }
        reader.append(bytes)
        do throws(ProtocolFault) {
            while machine.phase != .closed, let piece = try reader.next() {
                perform(machine.receive(piece))
                reader.maxPayloadBytes = machine.maxPayloadBytes
            }
        } catch {
            perform(machine.fail(error))
        }
        reader.compact()
    }

    private mutating func perform(_ action: ClientConnection.Action) {
        switch action {
        case .none, .pong: break
        case .ready: precondition(machine.phase == .open && machine.peer != nil)
        case .response(let stream, let body):
            precondition(body.readableBytes <= machine.limits.maxMessageBytes, "a response beyond the limit")
            end(stream)
        case .message(let stream, let body):
            precondition(body.readableBytes <= machine.limits.maxMessageBytes, "a message beyond the limit")
            precondition(open.contains(stream), "a message for no call")
        case .status(let stream, _, _), .reject(let stream, _): end(stream)
        case .drain: precondition(machine.phase == .draining)
        case .lost, .close: precondition(machine.phase == .closed)
        }
    }

    mutating func start() {
        guard machine.phase == .open else { return }
        let limit = min(machine.limits.maxStreams, machine.peer?.maxStreams ?? 0)
        guard let stream = machine.open() else {
            return precondition(open.count >= limit, "a call was refused though there is room")
        }
        precondition(stream.slot > 0 && stream.slot <= limit, "a slot that the server does not take")
        precondition(!open.contains { $0.slot == stream.slot }, "two calls in one slot")
        precondition(last[stream.slot] != stream, "a slot's next call has the same generation")
        last[stream.slot] = stream
        open.append(stream)
    }

    mutating func giveUp(at index: Int) {
        guard !open.isEmpty else { return }
        let stream = open.remove(at: index % open.count)
        precondition(machine.end(stream), "an open call was over")
        precondition(!machine.end(stream), "a call ended twice")
    }

    mutating func drain() { machine.drain() }

    mutating func close() { machine.close() }

    private mutating func end(_ stream: StreamID) {
        precondition(open.contains(stream), "an end for no call")
        open.removeAll { $0 == stream }
    }

    func check() {
        precondition(machine.openStreams == open.count, "calls are counted wrongly")
        precondition(open.allSatisfy { machine.isOpen($0) }, "an open call is not open")
        precondition(machine.isDrained == (machine.phase == .draining && open.isEmpty))
    }
}
