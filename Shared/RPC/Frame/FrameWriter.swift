import Model
import NIOCore

extension ByteBuffer {
    /// Writes a frame's 12 bytes of header.
    mutating func writeFrameHeader(
        _ type: FrameType, _ flags: FrameFlags = [], stream: StreamID, headLength: Int, bodyLength: Int
    ) {
        let header = FrameHeader(type, flags, stream: stream, headLength: headLength, bodyLength: bodyLength)
        writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size) { bytes in
            header.write(to: bytes)
            return FrameHeader.size
        }
    }

    /// Writes a frame without a head.
    mutating func writeFrame(
        _ type: FrameType, _ flags: FrameFlags = [], stream: StreamID, body: UnsafeRawBufferPointer
    ) {
        let header = FrameHeader(type, flags, stream: stream, headLength: 0, bodyLength: body.count)
        let count = FrameHeader.size + body.count
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            header.write(to: bytes)
            UnsafeMutableRawBufferPointer(rebasing: bytes[FrameHeader.size...]).copyMemory(from: body)
            return count
        }
    }

    /// Writes a REQUEST: the time that is left, in milliseconds, then the rest of its head and its body, which `payload` holds.
    mutating func writeRequest(stream: StreamID, timeoutMilliseconds: UInt32, payload: ByteBuffer, tailLength: Int) {
        let headLength = RequestHead.timeoutSize + tailLength
        let header = FrameHeader(
            .request, .end, stream: stream, headLength: headLength, bodyLength: payload.readableBytes - tailLength)
        let count = FrameHeader.size + RequestHead.timeoutSize + payload.readableBytes
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            header.write(to: bytes)
            bytes.storeBytes(of: timeoutMilliseconds.bigEndian, toByteOffset: FrameHeader.size, as: UInt32.self)
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[(FrameHeader.size + RequestHead.timeoutSize)...])
            payload.withUnsafeReadableBytes { rest.copyMemory(from: $0) }
            return count
        }
    }

    /// Writes a frame without a head.
    mutating func writeFrame(_ type: FrameType, _ flags: FrameFlags = [], stream: StreamID, body: ByteBuffer) {
        writeFrameHeader(type, flags, stream: stream, headLength: 0, bodyLength: body.readableBytes)
        writeImmutableBuffer(body)
    }

    /// Writes a HELLO.
    mutating func writeHello(_ hello: Hello) {
        let body = hello.encoded()
        writeFrame(.hello, stream: .connection, body: body)
    }

    /// Writes a GOAWAY; a reason that is too long is cut.
    mutating func writeGoAway(_ goAway: GoAway, maxTextBytes: Int) {
        let reason = String(goAway.reason.prefix(utf8Bytes: maxTextBytes))
        writeFrameHeader(.goAway, stream: .connection, headLength: 0, bodyLength: 3 + reason.utf8.count)
        writeInteger(goAway.code.rawValue)
        writeInteger(UInt16(reason.utf8.count))
        writeString(reason)
    }

    /// Writes a PING or PONG.
    mutating func writePing(_ type: FrameType, _ token: UInt64) {
        writeFrameHeader(type, stream: .connection, headLength: 0, bodyLength: 8)
        writeInteger(token)
    }

    /// Grants a stream's sender more bytes.
    mutating func writeCredit(_ bytes: Int, stream: StreamID) {
        writeFrameHeader(.credit, stream: stream, headLength: 0, bodyLength: 4)
        writeInteger(UInt32(bytes))
    }

    /// Ends a call from the client's side.
    mutating func writeCancel(stream: StreamID) {
        writeFrameHeader(.cancel, .end, stream: stream, headLength: 0, bodyLength: 0)
    }

    /// Writes a status, which ends its stream; text that is too long is cut.
    mutating func writeStatus(_ status: Status, _ flags: FrameFlags = [], stream: StreamID, maxTextBytes: Int) {
        let text = String(status.message.prefix(utf8Bytes: maxTextBytes))
        writeFrameHeader(
            .status, flags.union(.end), stream: stream, headLength: 3 + text.utf8.count, bodyLength: status.detail.count
        )
        writeInteger(status.code)
        writeInteger(UInt16(text.utf8.count))
        writeString(text)
        writeBytes(status.detail)
    }
}

extension FrameHeader {
    fileprivate init(_ type: FrameType, _ flags: FrameFlags, stream: StreamID, headLength: Int, bodyLength: Int) {
        self.init(
            length: headLength + bodyLength, stream: stream, type: type.rawValue, flags: flags, headLength: headLength)
    }
}
