import NIOCore
import Testing
import Wire

@testable import RPC

@Suite("Frames")
struct FrameTests {
    /// Two frames, one with head and body, one with neither.
    static let twoFrames: ByteBuffer = {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(.request, .end, stream: StreamID(slot: 3, generation: 9), headLength: 2, bodyLength: 3)
        buffer.writeBytes([1, 2, 3, 4, 5])
        buffer.writeCancel(stream: StreamID(slot: 3, generation: 9))
        return buffer
    }()

    @Test("Frames are read whole, wherever the bytes are cut", arguments: 0...12 + 5 + 12)
    func split(at index: Int) throws {
        var reader = FrameReader(maxPayloadBytes: 5)
        var bytes = Self.twoFrames
        var frames: [Frame] = []
        for part in [bytes.readSlice(length: index)!, bytes] {
            reader.append(part)
            while case .frame(let frame)? = try reader.next() { frames.append(frame) }
            reader.compact()
        }
        #expect(frames.count == 2)
        #expect(frames[0].head == ByteBuffer(bytes: [1, 2]))
        #expect(frames[0].body == ByteBuffer(bytes: [3, 4, 5]))
        #expect(frames[0].header.stream == StreamID(slot: 3, generation: 9))
        #expect(frames[0].header.flags == .end)
        #expect(frames[1].header.type == FrameType.cancel.rawValue)
        #expect(!reader.isInsideFrame)
    }

    @Test("The header's bytes are those of the protocol's page")
    func layout() {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(
            .response, .end, stream: StreamID(slot: 0x0102, generation: 0x0304), headLength: 5, bodyLength: 256)
        #expect(Array(buffer: buffer) == [0, 0, 1, 5, 3, 4, 1, 2, 3, 1, 0, 5])
    }

    @Test("A frame beyond the limit is dropped without being held, and the next one is read")
    func oversize() throws {
        var reader = FrameReader(maxPayloadBytes: 5)
        var bytes = ByteBuffer()
        bytes.writeFrame(.message, stream: StreamID(rawValue: 1), body: ByteBuffer(repeating: 7, count: 100))
        bytes.writeImmutableBuffer(Self.twoFrames)
        reader.append(bytes.readSlice(length: 20)!)
        guard case .oversize(let header)? = try reader.next() else {
            Issue.record("the frame was taken")
            return
        }
        #expect(header.length == 100)
        #expect(try reader.next() == nil)
        #expect(reader.isInsideFrame)
        reader.append(bytes)
        var count = 0
        while case .frame? = try reader.next() { count += 1 }
        #expect(count == 2)
    }

    @Test("A head that is longer than its payload is a fault")
    func headTooLong() {
        var reader = FrameReader(maxPayloadBytes: 100)
        reader.append(ByteBuffer(bytes: [0, 0, 0, 1, 0, 0, 0, 1, 2, 1, 0, 2, 0]))
        #expect(throws: ProtocolFault.self) { try reader.next() }
    }

    @Test("A request's head comes back as it went")
    func requestHead() throws {
        let metadata = Metadata([("principal", "abc"), ("empty", ""), ("ü", "日本")])
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(77))
        #expect(RequestHead.encodeTail(method: "a.B/C", metadata: metadata, into: &buffer))
        #expect(
            try RequestHead(decoding: buffer)
                == RequestHead(timeoutMilliseconds: 77, method: "a.B/C", metadata: metadata))
    }

    @Test("A request's head that is cut short anywhere is a fault")
    func cutHead() throws {
        var whole = ByteBuffer()
        whole.writeInteger(UInt32(77))
        #expect(RequestHead.encodeTail(method: "a.B/C", metadata: Metadata([("a", "b")]), into: &whole))
        // Cut after the method, it is a whole head without metadata.
        for length in 0..<whole.readableBytes where length != 4 + 2 + 5 {
            #expect(throws: ProtocolFault.self) { try RequestHead(decoding: whole.getSlice(at: 0, length: length)!) }
        }
    }

    @Test("A HELLO comes back as it went, and unknown settings are skipped")
    func hello() throws {
        var limits = RPCLimits()
        limits.maxStreams = 7
        limits.streamCreditBytes = 123
        var body = Hello(limits).encoded()
        body.setInteger(UInt16(5), at: 6)
        body.writeMultipleIntegers(UInt16(999), UInt32(1))
        let header = FrameHeader(length: body.readableBytes, stream: .connection, type: 1, flags: [], headLength: 0)
        let hello = try Hello(decoding: Frame(header: header, head: ByteBuffer(), body: body), defaults: RPCLimits())
        #expect(hello == Hello(limits))
    }
}
