import NIOCore
import Wire

@testable import RPC

/// The input is a script: each byte says what happens next, a length, and what comes from the peer. After each step the connection's
/// books are compared with the script's own.
func fuzzServer(_ bytes: UnsafeRawBufferPointer) {
    var script = ServerScript()
    var input = FuzzInput(bytes)
    while !input.isEmpty {
        let step = input.byte()
        switch step {
        case 0xF0...0xF2: script.finish(at: Int(input.byte()))
        case 0xF3: script.pass(milliseconds: Int64(input.byte()) * 16)
        case 0xF4: script.drain()
        case 0xF5: script.endAll()
        case 0xF6: script.close()
        // Mostly bytes from the peer: as many as the step says.
        default: script.receive(input.piece(Int(step)))
        }
        script.check()
    }
}

private struct ServerScript {
    private struct Running {
        var stream: StreamID
        var deadline: ContinuousClock.Instant?
        /// False once the caller wants no answer any more.
        var isWanted = true
    }

    private var machine = ServerConnection(limits: .tight)
    private var reader = FrameReader(maxPayloadBytes: Hello.maxBytes)
    private var now = ContinuousClock.now
    private var running: [Running] = []
    private var hasWelcomed = false

    mutating func receive(_ bytes: ByteBuffer) {
        // A closed connection is read no further.
        guard machine.phase != .closed else { return }
        reader.append(bytes)
        do throws(ProtocolFault) {
            while machine.phase != .closed, let piece = try reader.next() {
                perform(machine.receive(piece, at: now))
                check()
                reader.maxPayloadBytes = machine.maxPayloadBytes
            }
        } catch {
            perform(machine.fail(error))
        }
        reader.compact()
    }

    private mutating func perform(_ action: ServerConnection.Action) {
        switch action {
        case .none, .pong: break
        case .welcome:
            precondition(!hasWelcomed && machine.peer != nil, "a second greeting was answered")
            hasWelcomed = true
        case .start(let stream, let head, let body, let deadline):
            precondition(hasWelcomed && machine.phase == .open, "a call started outside its time")
            precondition(!wanted.contains { $0.stream.slot == stream.slot }, "two calls in one slot")
            precondition(body.readableBytes <= machine.limits.maxMessageBytes, "a body beyond the limit")
            precondition((head.timeoutMilliseconds == 0) == (deadline == nil))
            running.append(Running(stream: stream, deadline: deadline))
        case .refuse(let stream, let code, _, _):
            precondition(code != .ok && !wanted.contains { $0.stream == stream }, "an open call was refused")
        case .cancel(let stream): lose { $0.stream == stream }
        case .grant(let stream, let bytes):
            precondition(bytes > 0 && wanted.contains { $0.stream == stream }, "credit for no call")
        case .close: precondition(machine.phase == .closed, "told to close, and open")
        }
    }

    mutating func finish(at index: Int) {
        guard !running.isEmpty else { return }
        let call = running.remove(at: index % running.count)
        let isAnswered = machine.finish(call.stream, wasOpen: call.isWanted)
        precondition(isAnswered == (call.isWanted && machine.phase != .closed), "an answer is lost, or told twice")
    }

    mutating func pass(milliseconds: Int64) {
        now += .milliseconds(milliseconds)
        let expired = machine.expire(at: now)
        let due = wanted.filter { $0.deadline.map { $0 <= now } ?? false }
        precondition(Set(expired) == Set(due.map(\.stream)), "deadlines and calls do not match")
        for stream in expired { lose { $0.stream == stream } }
        precondition(machine.nextDeadline == wanted.compactMap(\.deadline).min(), "the next deadline is another")
    }

    mutating func drain() {
        let isFirst = machine.phase == .open || machine.phase == .awaitingHello
        precondition((machine.drain() != nil) == isFirst, "GOAWAY is said once")
    }

    mutating func endAll() {
        precondition(Set(machine.endAll()) == Set(wanted.map(\.stream)), "not every call was ended")
        lose { _ in true }
    }

    mutating func close() {
        machine.close()
    }

    /// The calls whose answer is wanted.
    private var wanted: [Running] { running.filter(\.isWanted) }

    private mutating func lose(_ isLost: (Running) -> Bool) {
        for index in running.indices where running[index].isWanted && isLost(running[index]) {
            running[index].isWanted = false
        }
    }

    func check() {
        precondition(machine.openStreams == wanted.count, "calls are counted wrongly")
        precondition(machine.runningHandlers == running.count, "handlers are counted wrongly")
        precondition(wanted.count <= machine.limits.maxStreams, "more calls than the limit")
        precondition(
            running.count - wanted.count <= machine.limits.maxAbandonedHandlers + machine.limits.maxStreams,
            "more abandoned handlers than the limits")
        precondition(wanted.allSatisfy { machine.isOpen($0.stream) }, "an open call is not open")
        precondition(machine.isDrained == (machine.phase == .draining && wanted.isEmpty))
    }
}
