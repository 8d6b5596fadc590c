/// Lower-case hexadecimal, as hashes and tokens are named.
enum Hex {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func isText(_ text: some StringProtocol, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// A token of 128 random bits.
    static func randomToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return text((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
