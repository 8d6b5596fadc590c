/// 128 random bits in hexadecimal: for what must not be guessed.
public enum RandomToken {
    public static let length = 32

    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return HexDigits.text(of: generator.next(), generator.next())
    }

    /// Whether the text has the shape of a token: 32 lower-case hexadecimal digits.
    public static func isToken(_ text: some StringProtocol) -> Bool {
        HexDigits.spell(text, length)
    }
}
