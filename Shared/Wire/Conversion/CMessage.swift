import CWire

/// A message with a C form. Conformances are generated.
protocol CMessage: WireMessage {
    /// The C struct, which begins with protobuf-c's base.
    associatedtype C

    /// Sets the struct to its defaults and names its descriptor.
    static func initialize(_ c: UnsafeMutablePointer<C>)

    /// Decodes into the allocator's memory; nil when malformed or too large.
    static func unpack(
        _ allocator: UnsafeMutablePointer<ProtobufCAllocator>, _ count: Int, _ bytes: UnsafePointer<UInt8>?
    ) -> UnsafeMutablePointer<C>?

    /// Reads the C form. Errors name the field from here on.
    init(c: UnsafeMutablePointer<C>) throws(MessageError)

    /// Writes the fields, the last one first. Errors name the field from here on.
    func write(to out: inout MessageWriter) throws(MessageError)
}

extension CMessage {
    init(decodingC bytes: UnsafeRawBufferPointer) throws(MessageError) {
        let arena = Arena(ceilingBytes: Arena.decodingCeilingBytes(of: bytes.count))
        defer { arena.leave() }
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard let c = Self.unpack(arena.allocator, bytes.count, start) else {
            let fault = arena.fault
            let walk = WireWalk(bytes, of: Self.descriptor)
            let field = fault == .malformed ? walk.malformedField : walk.largestField
            throw MessageError(message: Self.messageName, field: field, fault: fault)
        }
        do throws(MessageError) {
            self = try Self(c: c)
        } catch {
            throw error.of(Self.messageName)
        }
    }

    func withEncodedC(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        let arena = Arena(ceilingBytes: .max)
        defer { arena.leave() }
        var out = MessageWriter(arena)
        do throws(MessageError) {
            try self.write(to: &out)
        } catch {
            throw error.of(Self.messageName)
        }
        try write(out.encoded)
    }

    private static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        withUnsafeTemporaryAllocation(of: C.self, capacity: 1) { buffer in
            initialize(buffer.baseAddress!)
            let base = UnsafeRawPointer(buffer.baseAddress!).assumingMemoryBound(to: ProtobufCMessage.self)
            return base.pointee.descriptor
        }
    }
}

extension MessageError {
    /// A fault of a field, before the message is known.
    init(_ field: String, _ fault: Fault) {
        self.init(message: "", field: field, fault: fault)
    }

    /// The same as seen from the message that holds it in `field`.
    func within(_ field: String) -> MessageError {
        MessageError(message: "", field: "\(field).\(self.field)", fault: fault)
    }

    /// The same with the name of the outermost message.
    func of(_ message: String) -> MessageError {
        MessageError(message: message, field: field, fault: fault)
    }
}
