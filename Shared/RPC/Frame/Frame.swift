import NIOCore

/// One whole frame as received.
struct Frame: Equatable, Sendable {
    var header: FrameHeader
    var head: ByteBuffer
    var body: ByteBuffer
}
