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
        self = try head.withUnsafeReadableBytes { bytes throws(ProtocolFault) in
            var rest = HeadBytes(bytes)
            guard let timeout = rest.readInteger(as: UInt32.self), let method = rest.readText(expecting: expected)
            else {
                throw ProtocolFault("a request's head is cut short or its method is not UTF-8")
            }
            var pairs: [Metadata.Pair] = []
            if !rest.isEmpty {
                guard let count = rest.readInteger(as: UInt16.self) else {
                    throw ProtocolFault("metadata is cut short")
                }
                // Each pair has at least the bytes of its two lengths.
                pairs.reserveCapacity(min(Int(count), rest.count / 4))
                for _ in 0..<count {
                    guard let name = rest.readText(), let value = rest.readText() else {
                        throw ProtocolFault("metadata is cut short or not UTF-8")
                    }
                    pairs.append(Metadata.Pair(name, value))
                }
            }
            guard rest.isEmpty else { throw ProtocolFault("bytes follow the metadata") }
            return RequestHead(timeoutMilliseconds: timeout, method: method, metadata: Metadata(pairs: pairs))
        }
    }

    /// What `encodeTail` writes.
    static func tailBytes(method: String, metadata: Metadata) -> Int {
        var bytes = 2 + method.utf8.count
        if metadata.pairs.isEmpty { return bytes }
        bytes += 2
        for pair in metadata.pairs { bytes += 4 + pair.name.utf8.count + pair.value.utf8.count }
        return bytes
    }

    /// Method and metadata as they stand on the wire, without the timeout. Nil when a part is longer than 65,535 bytes.
    static func encodeTail(method: String, metadata: Metadata, into buffer: inout ByteBuffer) -> Bool {
        let longest = Int(UInt16.max)
        guard method.utf8.count <= longest, metadata.pairs.count <= longest,
            metadata.pairs.allSatisfy({ $0.name.utf8.count <= longest && $0.value.utf8.count <= longest })
        else { return false }
        let count = tailBytes(method: method, metadata: metadata)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            var next = bytes.baseAddress!
            writeText(method, at: &next)
            if !metadata.pairs.isEmpty {
                writeInteger(metadata.pairs.count, at: &next)
                for pair in metadata.pairs {
                    writeText(pair.name, at: &next)
                    writeText(pair.value, at: &next)
                }
            }
            return count
        }
        return true
    }

    /// Text with its length in two bytes before it.
    private static func writeText(_ text: String, at next: inout UnsafeMutableRawPointer) {
        var text = text
        text.withUTF8 { utf8 in
            writeInteger(utf8.count, at: &next)
            next.copyMemory(from: utf8.baseAddress!, byteCount: utf8.count)
            next += utf8.count
        }
    }

    private static func writeInteger(_ value: Int, at next: inout UnsafeMutableRawPointer) {
        next.storeBytes(of: UInt16(value).bigEndian, as: UInt16.self)
        next += 2
    }
}

/// What is left of a head's bytes.
private struct HeadBytes {
    private var next: UnsafeRawPointer
    private(set) var count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count
        next = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    }

    var isEmpty: Bool { count == 0 }

    mutating func readInteger<Integer: FixedWidthInteger & BitwiseCopyable>(as type: Integer.Type) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard count >= size else { return nil }
        let value = Integer(bigEndian: next.loadUnaligned(as: Integer.self))
        skip(size)
        return value
    }

    /// Text with its length in two bytes before it; nil when cut short or not UTF-8.
    mutating func readText(expecting expected: String = "") -> String? {
        guard let length = readInteger(as: UInt16.self), count >= Int(length) else { return nil }
        let text = UnsafeRawBufferPointer(start: next, count: Int(length))
        skip(Int(length))
        return text.isUTF8(of: expected) ? expected : String(utf8: text)
    }

    private mutating func skip(_ bytes: Int) {
        next += bytes
        count -= bytes
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of `text`.
    fileprivate func isUTF8(of text: String) -> Bool {
        guard text.utf8.count == count, let start = baseAddress else { return text.isEmpty && count == 0 }
        return text.utf8.withContiguousStorageIfAvailable { memcmp($0.baseAddress!, start, count) == 0 } ?? false
    }
}
