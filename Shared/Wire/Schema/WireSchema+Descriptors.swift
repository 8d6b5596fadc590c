import CWire

extension WireSchema {
    /// The whole schema as an encoded google.protobuf.FileDescriptorSet, dependencies first, without comments.
    public static var fileDescriptorSet: [UInt8] {
        Array(UnsafeBufferPointer(start: firstline_descriptor_set(), count: firstline_descriptor_set_size()))
    }

    /// The same of gRPC's standard services: health and reflection.
    public static var standardFileDescriptorSet: [UInt8] {
        Array(
            UnsafeBufferPointer(
                start: firstline_standard_descriptor_set(), count: firstline_standard_descriptor_set_size()))
    }
}
