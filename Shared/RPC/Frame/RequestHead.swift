import Glibc
import NIOCore
import Wire

/// What stands before a request's body: how long the caller waits, the method, the metadata.
struct RequestHead: Equatable, Sendable {
    /// What is left of the caller's time, in milliseconds; 0 for no deadline.
    var timeoutMilliseconds: UInt32
    var method: String
    var metadata: Metadata

    /// The timeout's bytes; the client writes them last, when the request goes out.
    static let timeoutSize = 4

    init(timeoutMilliseconds: UInt32 = 0, method: String, metadata: Metadata = Metadata()) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.method = method
        self.metadata = metadata
    }

    /// - Parameter expected: a method that is likely, so that no new text is made of its name.
    init(decoding head: ByteBuffer, expecting expected: String = "") throws(ProtocolFault) {
        var head = head
        guard let timeout = head.readInteger(as: UInt32.self), let method = head.readShortString(expecting: expected)
        else {
            throw ProtocolFault("a request's head is cut short or its method is not UTF-8")
        }
        var pairs: [(name: String, value: String)] = []
        if head.readableBytes > 0 {
            guard let count = head.readInteger(as: UInt16.self) else { throw ProtocolFault("metadata is cut short") }
            // Each pair has at least the bytes of its two lengths.
            pairs.reserveCapacity(min(Int(count), head.readableBytes / 4))
            for _ in 0..<count {
                guard let name = head.readShortString(), let value = head.readShortString() else {
                    throw ProtocolFault("metadata is cut short or not UTF-8")
                }
                pairs.append((name, value))
            }
        }
        guard head.readableBytes == 0 else { throw ProtocolFault("bytes follow the metadata") }
        self.init(timeoutMilliseconds: timeout, method: method, metadata: Metadata(pairs))
    }

    /// What `encodeTail` writes.
    static func tailBytes(method: String, metadata: Metadata) -> Int {
        var bytes = 2 + method.utf8.count
        if metadata.pairs.isEmpty { return bytes }
        bytes += 2
        for (name, value) in metadata.pairs { bytes += 4 + name.utf8.count + value.utf8.count }
        return bytes
    }

    /// Method and metadata as they stand on the wire, without the timeout. Nil when a part is longer than 65,535 bytes.
    static func encodeTail(method: String, metadata: Metadata, into buffer: inout ByteBuffer) -> Bool {
        guard buffer.writeShortString(method) else { return false }
        if metadata.pairs.isEmpty { return true }
        guard let count = UInt16(exactly: metadata.pairs.count) else { return false }
        buffer.writeInteger(count)
        for (name, value) in metadata.pairs {
            guard buffer.writeShortString(name), buffer.writeShortString(value) else { return false }
        }
        return true
    }
}

extension ByteBuffer {
    /// Text with its length in two bytes before it; nil when cut short or not UTF-8.
    fileprivate mutating func readShortString(expecting expected: String = "") -> String? {
        guard let length = readInteger(as: UInt16.self), readableBytes >= Int(length) else { return nil }
        let text = withUnsafeReadableBytes { bytes -> String? in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(length))).assumingMemoryBound(to: UInt8.self)
            let isExpected = expected.utf8.withContiguousStorageIfAvailable { expected in
                guard expected.count == bytes.count, let left = expected.baseAddress, let right = bytes.baseAddress
                else { return false }
                return memcmp(left, right, bytes.count) == 0
            }
            if isExpected == true { return expected }
            // Not `String(validating:as:)`, which looks up generic metadata at each call and so takes twice as long.
            guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
            return String(copying: text)
        }
        moveReaderIndex(forwardBy: Int(length))
        return text
    }

    fileprivate mutating func writeShortString(_ text: String) -> Bool {
        guard let length = UInt16(exactly: text.utf8.count) else { return false }
        writeInteger(length)
        writeString(text)
        return true
    }
}
