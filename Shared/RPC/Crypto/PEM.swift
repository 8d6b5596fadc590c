import COpenSSL

/// Text form of keys and certificates (RFC 7468), by way of a memory BIO.
enum PEM {
    /// Reads one object, as `parse` knows it.
    static func read<Object>(_ text: String, _ action: String, _ parse: (OpaquePointer) -> Object?) throws -> Object {
        ERR_clear_error()
        var text = text
        return try text.withUTF8 { bytes in
            let bio = try TLSError.check(BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)), action)
            defer { BIO_free(bio) }
            return try TLSError.check(parse(bio), action)
        }
    }

    /// The text that `write` puts out.
    static func write(_ write: (OpaquePointer) -> Int32) -> String {
        let bio = BIO_new(BIO_s_mem())!
        defer { BIO_free(bio) }
        precondition(write(bio) == 1, "memory takes PEM")
        var bytes: UnsafeMutablePointer<CChar>?
        let count = firstline_BIO_data(bio, &bytes)
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
