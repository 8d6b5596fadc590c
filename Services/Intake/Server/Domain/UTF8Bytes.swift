/// Scalars read from the bytes of a string, which are valid UTF-8 (Unicode, table 3-7).
enum UTF8Bytes {
    /// The scalar whose first byte stands at `place`, and the place of the next.
    static func scalar(in bytes: [UInt8], at place: Int) -> (Unicode.Scalar, next: Int) {
        let first = UInt32(bytes[place])
        func rest(_ offset: Int) -> UInt32 { UInt32(bytes[place + offset]) & 0x3F }
        let value: UInt32
        let length: Int
        switch first {
        case ..<0x80: (value, length) = (first, 1)
        case ..<0xE0: (value, length) = ((first & 0x1F) << 6 | rest(1), 2)
        case ..<0xF0: (value, length) = ((first & 0x0F) << 12 | rest(1) << 6 | rest(2), 3)
        default: (value, length) = ((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
        }
        guard let scalar = Unicode.Scalar(value) else { preconditionFailure("a string's bytes are valid UTF-8") }
        return (scalar, place + length)
    }
}
