import NIOCore

@testable import RPC

/// First byte: how the rest is cut. The pieces must be those of the uncut bytes, and each frame's bytes those of the input.
func fuzzFrames(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let cut = Int(input.byte()) + 1
    let stream = input.remainder()
    var whole = PieceList()
    whole.append(stream)
    var cutUp = PieceList()
    var rest = stream
    while rest.readableBytes > 0 {
        cutUp.append(rest.readSlice(length: min(cut, rest.readableBytes))!)
    }
    precondition(whole.pieces == cutUp.pieces && whole.fault == cutUp.fault, "cutting changes what is read")
    var expected = stream
    for case .frame(let frame) in whole.pieces {
        // Frames before the first oversize one lie one behind the other.
        guard case .frame = whole.pieces[0] else { break }
        let header = expected.readSlice(length: FrameHeader.size)
        precondition(header != nil && frame.header.length == frame.head.readableBytes + frame.body.readableBytes)
        if whole.oversizeCount > 0 { break }
        precondition(expected.readSlice(length: frame.head.readableBytes) == frame.head)
        precondition(expected.readSlice(length: frame.body.readableBytes) == frame.body)
    }
}

/// Everything that a reader makes of its input.
private struct PieceList {
    var pieces: [FrameReader.Piece] = []
    var fault: ProtocolFault?
    private var reader = FrameReader(maxPayloadBytes: limit)

    private static let limit = 300

    var oversizeCount: Int {
        pieces.count { if case .oversize = $0 { true } else { false } }
    }

    mutating func append(_ bytes: ByteBuffer) {
        guard fault == nil else { return }
        reader.append(bytes)
        do throws(ProtocolFault) {
            while let piece = try reader.next() { pieces.append(piece) }
            precondition(reader.heldBytes < FrameHeader.size + Self.limit, "more is held than one frame")
        } catch {
            fault = error
        }
        reader.compact()
    }
}
