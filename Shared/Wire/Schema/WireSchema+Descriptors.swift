import CWire

extension WireSchema {
    /// The whole schema as an encoded google.protobuf.FileDescriptorSet, dependencies first, without comments.
    public static var fileDescriptorSet: [UInt8] {
        Array(UnsafeBufferPointer(start: firstline_descriptor_set(), count: firstline_descriptor_set_size()))
    }
}
