import Model
import NIOCore
import Wire

/// Takes messages out of a stream's bytes: a flag of compression, 4 bytes of length, the message (gRPC over HTTP/2, "Length-Prefixed-Message").
struct GRPCMessageReader: Sendable {
    /// Longest message to take, in bytes.
    let maxMessageBytes: Int
    private var buffer = ByteBuffer()

    /// The flag and the length.
    static let prefixBytes = 5

    init(maxMessageBytes: Int) {
        self.maxMessageBytes = maxMessageBytes
    }

    /// Bytes that wait for the rest of their message.
    var bufferedBytes: Int { buffer.readableBytes }

    /// Grows with the bytes received, whatever a length promises.
    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    /// To be called when the rest must be waited for: a few bytes must not keep the whole buffer that they were read into.
    mutating func compact() {
        buffer = buffer.compacted()
    }

    /// The next whole message, or nil when it has not come yet. Throws for one that cannot be taken.
    mutating func next() throws(RPCError) -> ByteBuffer? {
        guard let flag = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return nil }
        switch flag {
        case 0: break
        case 1: throw RPCError(.internalError, "the message is compressed, but grpc-encoding names no compression")
        default: throw RPCError(.internalError, "the message's flag is \(flag)")
        }
        guard let length = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self) else { return nil }
        guard length <= maxMessageBytes else {
            throw RPCError(
                .resourceExhausted, "the request is longer than \(maxMessageBytes) bytes",
                detail: ErrorDetail(code: "too_large"))
        }
        guard buffer.readableBytes >= Self.prefixBytes + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: Self.prefixBytes)
        let message = buffer.readSlice(length: Int(length))
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return message
    }
}

extension ByteBuffer {
    /// The same bytes, in storage of their own when they take little of what they stand in.
    func compacted() -> ByteBuffer {
        guard storageCapacity > 2 * readableBytes + Self.smallBytes else { return self }
        return readableBytes == 0 ? ByteBuffer() : ByteBuffer(bytes: readableBytesView)
    }

    /// Not worth a copy.
    private static let smallBytes = 512
}
