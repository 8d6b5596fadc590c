import NIOCore

/// Cuts received bytes into frames. A length is checked before memory is taken for it, and what is held grows only with bytes received.
struct FrameReader: Sendable {
    /// What came next.
    enum Piece: Equatable, Sendable {
        case frame(Frame)
        /// A frame whose payload is longer than allowed; its bytes are dropped as they come.
        case oversize(FrameHeader)
    }

    /// Longest payload taken. Small until the peer's HELLO was read.
    var maxPayloadBytes: Int
    private var buffer = ByteBuffer()
    private var skipping = 0

    init(maxPayloadBytes: Int) {
        self.maxPayloadBytes = maxPayloadBytes
    }

    /// Bytes that wait for the rest of their frame, or to be taken.
    var heldBytes: Int { buffer.readableBytes }

    /// True while a frame has begun and not ended.
    var isInsideFrame: Bool { skipping > 0 || buffer.readableBytes > 0 }

    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next piece, or nil until more bytes come.
    mutating func next() throws(ProtocolFault) -> Piece? {
        if skipping > 0 {
            let dropped = min(skipping, buffer.readableBytes)
            buffer.moveReaderIndex(forwardBy: dropped)
            skipping -= dropped
            if skipping > 0 { return nil }
        }
        guard buffer.readableBytes >= FrameHeader.size else { return nil }
        let header = buffer.withUnsafeReadableBytes { FrameHeader($0) }
        guard header.headLength <= header.length else {
            throw ProtocolFault("a frame's head is longer than its payload")
        }
        guard header.length <= maxPayloadBytes else {
            buffer.moveReaderIndex(forwardBy: FrameHeader.size)
            skipping = header.length
            return .oversize(header)
        }
        guard buffer.readableBytes >= FrameHeader.size + header.length else { return nil }
        buffer.moveReaderIndex(forwardBy: FrameHeader.size)
        let head = buffer.readSlice(length: header.headLength)!
        let body = buffer.readSlice(length: header.length - header.headLength)!
        return .frame(Frame(header: header, head: head, body: body))
    }

    /// Gives back memory that is no longer needed; called when no whole frame is left.
    mutating func compact() {
        if buffer.readableBytes == 0 {
            buffer = ByteBuffer()
        } else if buffer.readerIndex > Self.compactionThreshold {
            buffer = ByteBuffer(buffer: buffer.slice())
        }
    }

    /// Read bytes that are worth a copy of the rest to be rid of.
    private static let compactionThreshold = 64 * 1_024
}
