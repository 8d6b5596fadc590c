import NIOCore
import Testing
import Wire

@testable import RPC

/// The frame that `write` writes.
func frame(_ write: (inout ByteBuffer) -> Void) -> FrameReader.Piece {
    var buffer = ByteBuffer()
    write(&buffer)
    var reader = FrameReader(maxPayloadBytes: .max)
    reader.append(buffer)
    guard let piece = try? reader.next() else { preconditionFailure("one whole frame") }
    return piece
}

@Suite("The server's side of a connection")
struct ServerConnectionTests {
    static let now = ContinuousClock.now
    let stream = StreamID(slot: 1, generation: 1)

    func opened(_ limits: RPCLimits = RPCLimits()) -> ServerConnection {
        var connection = ServerConnection(limits: limits)
        #expect(connection.receive(frame { $0.writeHello(Hello(limits)) }, at: Self.now) == .welcome)
        return connection
    }

    func request(
        _ stream: StreamID, flags: FrameFlags = .end, timeout: UInt32 = 0, metadata: Metadata = Metadata(),
        body: [UInt8] = [42]
    ) -> FrameReader.Piece {
        frame { buffer in
            var head = ByteBuffer()
            head.writeInteger(timeout)
            _ = RequestHead.encodeTail(method: "s.S/M", metadata: metadata, into: &head)
            buffer.writeFrameHeader(
                .request, flags, stream: stream, headLength: head.readableBytes, bodyLength: body.count)
            buffer.writeImmutableBuffer(head)
            buffer.writeBytes(body)
        }
    }

    func code(of action: ServerConnection.Action) -> GoAway.Code? {
        if case .close(let goAway) = action { return goAway.code }
        return nil
    }

    @Test("A request starts a handler, and its answer ends the stream")
    func request() {
        var connection = opened()
        let action = connection.receive(request(stream, timeout: 5), at: Self.now)
        let deadline = Self.now + .milliseconds(5)
        #expect(
            action
                == .start(
                    stream, RequestHead(timeoutMilliseconds: 5, method: "s.S/M"), body: ByteBuffer(bytes: [42]),
                    deadline: deadline))
        #expect(connection.nextDeadline == deadline)
        #expect(connection.openStreams == 1)
        #expect(connection.finish(stream, wasOpen: true) == true)
        #expect(connection.openStreams == 0)
        #expect(connection.runningHandlers == 0)
    }

    @Test(
        "Nothing but a HELLO of our version opens a connection",
        arguments: [
            ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"), ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ByteBuffer(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4]),
            ByteBuffer(bytes: [0, 0, 0, 0, 0, 0, 0, 1, 6, 0, 0, 0]),
            ByteBuffer(repeating: 0xFF, count: 64),
        ])
    func garbage(bytes: ByteBuffer) {
        var connection = ServerConnection(limits: RPCLimits())
        var reader = FrameReader(maxPayloadBytes: connection.maxPayloadBytes)
        reader.append(bytes)
        var action = ServerConnection.Action.none
        do {
            if let piece = try reader.next() { action = connection.receive(piece, at: Self.now) }
        } catch {
            action = connection.fail(error)
        }
        #expect(code(of: action) != nil)
        #expect(connection.phase == .closed)
    }

    @Test("Another version is refused as such")
    func version() {
        var connection = ServerConnection(limits: RPCLimits())
        var hello = Hello(RPCLimits())
        hello.version = 2
        #expect(code(of: connection.receive(frame { $0.writeHello(hello) }, at: Self.now)) == .unsupportedVersion)
    }

    @Test("What a client must not send ends the connection")
    func violations() {
        let violations: [FrameReader.Piece] = [
            frame { $0.writeHello(Hello(RPCLimits())) },
            frame { $0.writeFrame(.response, stream: stream, body: ByteBuffer()) },
            frame { $0.writeFrame(.message, stream: stream, body: ByteBuffer()) },
            frame { $0.writeStatus(.ok, stream: stream, maxTextBytes: 10) },
            frame { $0.writeFrame(.request, .end, stream: stream, body: ByteBuffer()) },
            frame { $0.writeFrame(.credit, stream: stream, body: ByteBuffer(bytes: [0, 0, 0, 0])) },
            frame { $0.writeFrame(.credit, stream: stream, body: ByteBuffer(bytes: [1])) },
            frame { $0.writeFrame(.ping, stream: .connection, body: ByteBuffer(bytes: [1])) },
            request(.connection),
        ]
        for violation in violations {
            var connection = opened()
            #expect(code(of: connection.receive(violation, at: Self.now)) == .protocolError)
            #expect(connection.receive(request(stream), at: Self.now) == .none)
        }
    }

    @Test("A slot in use takes no second request")
    func slotInUse() {
        var connection = opened()
        _ = connection.receive(request(stream), at: Self.now)
        #expect(
            code(of: connection.receive(request(StreamID(slot: 1, generation: 2)), at: Self.now)) == .protocolError)
    }

    @Test("Late frames of an earlier call in the slot are ignored")
    func lateFrames() {
        var connection = opened()
        _ = connection.receive(request(stream), at: Self.now)
        _ = connection.finish(stream, wasOpen: true)
        let second = StreamID(slot: 1, generation: 2)
        _ = connection.receive(request(second), at: Self.now)
        #expect(connection.receive(frame { $0.writeCancel(stream: stream) }, at: Self.now) == .none)
        #expect(connection.receive(frame { $0.writeCredit(5, stream: stream) }, at: Self.now) == .none)
        #expect(
            connection.receive(frame { $0.writeCredit(5, stream: second) }, at: Self.now) == .grant(second, bytes: 5))
        #expect(connection.receive(frame { $0.writeCancel(stream: second) }, at: Self.now) == .cancel(second))
    }

    @Test("What cannot be taken is refused by a status, and the connection goes on")
    func refusals() {
        var limits = RPCLimits()
        limits.maxStreams = 4
        limits.maxMessageBytes = 10
        limits.maxMetadataBytes = 40
        let long = Metadata([("a", String(repeating: "b", count: 40))])
        let refused: [(FrameReader.Piece, StatusCode)] = [
            (request(StreamID(slot: 5, generation: 1)), .resourceExhausted),
            (request(stream, body: [UInt8](repeating: 0, count: 11)), .resourceExhausted),
            (request(stream, metadata: long), .resourceExhausted),
            (request(stream, flags: []), .unimplemented),
            (request(stream, flags: [.end, .compressed]), .unimplemented),
            (
                .oversize(FrameHeader(length: 1 << 31, stream: stream, type: 2, flags: .end, headLength: 6)),
                .resourceExhausted
            ),
        ]
        for (piece, expected) in refused {
            var connection = opened(limits)
            guard case .refuse(_, let code, _, _) = connection.receive(piece, at: Self.now) else {
                Issue.record("\(expected) was expected")
                continue
            }
            #expect(code == expected)
            #expect(connection.openStreams == 0)
            guard case .start = connection.receive(request(stream), at: Self.now) else {
                Issue.record("the connection is closed")
                continue
            }
        }
    }

    @Test("Only requests may be too long; any other frame beyond the limit ends the connection")
    func lengthBomb() {
        var connection = opened()
        let bomb = FrameHeader(
            length: 1 << 31, stream: .connection, type: FrameType.ping.rawValue, flags: [], headLength: 0)
        #expect(code(of: connection.receive(.oversize(bomb), at: Self.now)) == .limitExceeded)
    }

    @Test("A flood of requests that are cancelled at once is stopped while their handlers still run")
    func rapidReset() {
        var limits = RPCLimits()
        limits.maxAbandonedHandlers = 100
        var connection = opened(limits)
        var started = 0
        var refused = 0
        for number in 0..<1_000 {
            let stream = StreamID(slot: 1, generation: UInt16(number))
            switch connection.receive(request(stream), at: Self.now) {
            case .start:
                started += 1
                _ = connection.receive(frame { $0.writeCancel(stream: stream) }, at: Self.now)
            case .refuse(_, .resourceExhausted, _, notProcessed: true): refused += 1
            default: Issue.record("neither started nor refused")
            }
        }
        #expect(started == 100)
        #expect(refused == 900)
        #expect(connection.finish(StreamID(slot: 1, generation: 0), wasOpen: false) == false)
        guard case .start = connection.receive(request(stream), at: Self.now) else {
            Issue.record("there is room again")
            return
        }
    }

    @Test("Deadlines end their streams, earliest first")
    func deadlines() {
        var connection = opened()
        let late = StreamID(slot: 2, generation: 1)
        _ = connection.receive(request(stream, timeout: 10), at: Self.now)
        _ = connection.receive(request(late, timeout: 20), at: Self.now)
        #expect(connection.expire(at: Self.now + .milliseconds(9)) == [])
        #expect(connection.expire(at: Self.now + .milliseconds(10)) == [stream])
        #expect(connection.nextDeadline == Self.now + .milliseconds(20))
        #expect(connection.finish(stream, wasOpen: false) == false)
        #expect(connection.finish(late, wasOpen: true) == true)
        #expect(connection.nextDeadline == nil)
    }

    @Test("A draining connection ends its calls and refuses new ones as not processed")
    func drain() {
        var connection = opened()
        _ = connection.receive(request(stream), at: Self.now)
        #expect(connection.drain()?.code == .drain)
        #expect(connection.drain() == nil)
        #expect(!connection.isDrained)
        let second = StreamID(slot: 2, generation: 1)
        guard
            case .refuse(second, .unavailable, _, notProcessed: true) = connection.receive(
                request(second), at: Self.now)
        else {
            Issue.record("it was not refused")
            return
        }
        #expect(connection.finish(stream, wasOpen: true) == true)
        #expect(connection.isDrained)
    }

    @Test("Random bytes never break the reader or the machine", arguments: 0..<200 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SplitMix(state: seed)
        var connection = opened()
        var reader = FrameReader(maxPayloadBytes: connection.maxPayloadBytes)
        for _ in 0..<200 where connection.phase != .closed {
            // Mostly well-formed headers with random parts, so that the machine's insides are reached.
            var bytes = ByteBuffer()
            let length = Int.random(in: 0...40, using: &random)
            bytes.writeInteger(
                UInt32(Bool.random(using: &random) ? length : Int.random(in: 0...1 << 24, using: &random)))
            bytes.writeMultipleIntegers(
                UInt16.random(in: 0...3, using: &random), UInt16.random(in: 0...3, using: &random),
                UInt8.random(in: 0...12, using: &random), UInt8.random(in: 0...7, using: &random),
                UInt16(Int.random(in: 0...length, using: &random)))
            for _ in 0..<length { bytes.writeInteger(UInt8.random(in: 0...255, using: &random)) }
            reader.append(bytes)
            do {
                while let piece = try reader.next() {
                    if case .start(let stream, _, _, _) = connection.receive(piece, at: Self.now),
                        Bool.random(using: &random)
                    {
                        _ = connection.finish(stream, wasOpen: true)
                    }
                }
            } catch {
                _ = connection.fail(error)
            }
            reader.compact()
            #expect(connection.openStreams >= 0 && connection.openStreams <= connection.runningHandlers)
        }
    }
}

/// Sebastiano Vigna's SplitMix64: a seed replays a failure.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
