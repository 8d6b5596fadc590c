import NIOCore

/// Takes decisions and pieces off an input; an input that is used up gives zeros and empty pieces.
struct FuzzInput {
    private var rest: UnsafeRawBufferPointer.SubSequence

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Up to `count` bytes.
    mutating func piece(_ count: Int) -> ByteBuffer {
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return ByteBuffer(bytes: taken)
    }

    mutating func remainder() -> ByteBuffer { piece(rest.count) }
}
