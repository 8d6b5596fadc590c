import COpenSSL

/// Base64 as gRPC writes it in headers: the common alphabet, without padding.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        // OpenSSL ends the text with NUL.
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let length = Int(EVP_EncodeBlock(&text, bytes, Int32(bytes.count)))
        return String(decoding: text.prefix(length).prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }

    /// Whether a byte is one of the 64.
    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
