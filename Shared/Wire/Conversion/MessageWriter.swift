import CWire

/// Writes a message as bytes (protobuf.dev, "Encoding"), from its end to its beginning: the length of a message within another one is known
/// once it is written, so that one pass does and nothing is measured before. Fields therefore come in descending order of their numbers,
/// and stand in ascending order in the bytes, as every protobuf library writes them.
///
/// A tag is a field's number and wire type as they stand on the wire. `field` is the name in the `.proto` file, for errors.
struct MessageWriter {
    private let arena: Arena
    private var start: UnsafeMutablePointer<UInt8>
    private var next: UnsafeMutablePointer<UInt8>
    private var end: UnsafeMutablePointer<UInt8>

    /// The room that a writer begins with; it doubles when it is full.
    private static let initialBytes = 2_048
    /// A tag and a number at their longest, or a tag and a length.
    private static let longestNumberBytes = 15

    /// - Parameter arena: where the bytes stand, and so how long.
    init(_ arena: Arena) {
        self.arena = arena
        start = arena.take(Self.initialBytes)
        end = start + Self.initialBytes
        next = end
    }

    /// What was written.
    var encoded: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: next, count: count) }

    private var count: Int { end - next }

    // MARK: - Fields that are left out when they are zero or empty

    mutating func varint(_ tag: UInt32, _ value: some FixedWidthInteger) {
        if value != 0 { presentVarint(tag, value) }
    }

    mutating func bool(_ tag: UInt32, _ value: Bool) {
        if value { presentBool(tag, true) }
    }

    mutating func fixed(_ tag: UInt32, _ value: Float) {
        if value.bitPattern != 0 { presentFixed(tag, value) }
    }

    mutating func fixed(_ tag: UInt32, _ value: Double) {
        if value.bitPattern != 0 { presentFixed(tag, value) }
    }

    mutating func enumeration(_ tag: UInt32, _ value: some RawRepresentable<Int32>) {
        varint(tag, value.rawValue)
    }

    mutating func string(_ tag: UInt32, _ value: String, _ field: @autoclosure () -> String) throws(MessageError) {
        if !value.isEmpty { try presentString(tag, value, field()) }
    }

    mutating func bytes(_ tag: UInt32, _ value: [UInt8]) {
        if !value.isEmpty { presentBytes(tag, value) }
    }

    mutating func message(
        _ tag: UInt32, _ value: (some CMessage)?, _ field: @autoclosure () -> String
    ) throws(MessageError) {
        if let value { try presentMessage(tag, value, field()) }
    }

    // MARK: - Fields that are there

    mutating func presentVarint(_ tag: UInt32, _ value: some FixedWidthInteger) {
        reserve(Self.longestNumberBytes)
        // Negative numbers are written as 64 bits of two's complement.
        put(UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: value)))
        put(UInt64(tag))
    }

    mutating func presentBool(_ tag: UInt32, _ value: Bool) {
        presentVarint(tag, value ? 1 : 0)
    }

    mutating func presentFixed(_ tag: UInt32, _ value: Float) {
        reserve(Self.longestNumberBytes)
        putFixed(value.bitPattern)
        put(UInt64(tag))
    }

    mutating func presentFixed(_ tag: UInt32, _ value: Double) {
        reserve(Self.longestNumberBytes)
        putFixed(value.bitPattern)
        put(UInt64(tag))
    }

    mutating func presentEnumeration(_ tag: UInt32, _ value: some RawRepresentable<Int32>) {
        presentVarint(tag, value.rawValue)
    }

    mutating func presentString(
        _ tag: UInt32, _ value: String, _ field: @autoclosure () -> String
    ) throws(MessageError) {
        let count = value.utf8.count
        reserve(count + Self.longestNumberBytes)
        next -= count
        let isClean = value.utf8.withContiguousStorageIfAvailable { firstline_copy_text(next, $0.baseAddress, count) }
        guard isClean ?? copySlowly(value) else { throw MessageError(field(), .containsNUL) }
        put(UInt64(count))
        put(UInt64(tag))
    }

    mutating func presentBytes(_ tag: UInt32, _ value: [UInt8]) {
        reserve(value.count + Self.longestNumberBytes)
        next -= value.count
        value.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { next.update(from: base, count: bytes.count) }
        }
        put(UInt64(value.count))
        put(UInt64(tag))
    }

    mutating func presentMessage(
        _ tag: UInt32, _ value: some CMessage, _ field: @autoclosure () -> String
    ) throws(MessageError) {
        let before = count
        do throws(MessageError) {
            try value.write(to: &self)
        } catch {
            throw error.within(field())
        }
        let length = count - before
        reserve(Self.longestNumberBytes)
        put(UInt64(length))
        put(UInt64(tag))
    }

    // MARK: - Repeated fields

    mutating func varints(_ tag: UInt32, _ values: [some FixedWidthInteger]) {
        packed(tag, values) { out, value in out.put(UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: value))) }
    }

    mutating func bools(_ tag: UInt32, _ values: [Bool]) {
        packed(tag, values) { out, value in out.put(value ? 1 : 0) }
    }

    mutating func fixeds(_ tag: UInt32, _ values: [Float]) {
        packed(tag, values) { out, value in out.putFixed(value.bitPattern) }
    }

    mutating func fixeds(_ tag: UInt32, _ values: [Double]) {
        packed(tag, values) { out, value in out.putFixed(value.bitPattern) }
    }

    mutating func enumerations(_ tag: UInt32, _ values: [some RawRepresentable<Int32>]) {
        packed(tag, values) { out, value in
            out.put(UInt64(truncatingIfNeeded: Int64(value.rawValue)))
        }
    }

    mutating func strings(_ tag: UInt32, _ values: [String], _ field: String) throws(MessageError) {
        for index in values.indices.reversed() { try presentString(tag, values[index], "\(field)[\(index)]") }
    }

    mutating func byteStrings(_ tag: UInt32, _ values: [[UInt8]]) {
        for value in values.reversed() { presentBytes(tag, value) }
    }

    mutating func messages(_ tag: UInt32, _ values: [some CMessage], _ field: String) throws(MessageError) {
        for index in values.indices.reversed() { try presentMessage(tag, values[index], "\(field)[\(index)]") }
    }

    private mutating func packed<Value>(
        _ tag: UInt32, _ values: [Value], _ put: (inout MessageWriter, Value) -> Void
    ) {
        if values.isEmpty { return }
        let before = count
        for value in values.reversed() {
            reserve(Self.longestNumberBytes)
            put(&self, value)
        }
        let length = count - before
        reserve(Self.longestNumberBytes)
        self.put(UInt64(length))
        self.put(UInt64(tag))
    }

    // MARK: - Bytes

    /// Seven bits a byte, the lowest first. There must be room.
    private mutating func put(_ value: UInt64) {
        if value < 0x80 {
            next -= 1
            next.pointee = UInt8(truncatingIfNeeded: value)
            return
        }
        let length = (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7
        next -= length
        var rest = value
        for index in 0..<length - 1 {
            next[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        next[length - 1] = UInt8(truncatingIfNeeded: rest)
    }

    /// Little-endian. There must be room.
    private mutating func putFixed<Bits: FixedWidthInteger>(_ bits: Bits) {
        next -= MemoryLayout<Bits>.size
        UnsafeMutableRawPointer(next).storeBytes(of: bits.littleEndian, as: Bits.self)
    }

    /// A text that does not stand in one piece, as bridged ones may. False when it contains NUL.
    private func copySlowly(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        return bytes.withUnsafeBufferPointer { firstline_copy_text(next, $0.baseAddress, bytes.count) }
    }

    /// Makes room for so many bytes more.
    private mutating func reserve(_ bytes: Int) {
        if next - start < bytes { grow(bytes) }
    }

    private mutating func grow(_ bytes: Int) {
        let written = count
        let capacity = max((end - start) * 2, written + bytes)
        let room: UnsafeMutablePointer<UInt8> = arena.take(capacity)
        (room + capacity - written).update(from: next, count: written)
        start = room
        end = room + capacity
        next = end - written
    }
}
