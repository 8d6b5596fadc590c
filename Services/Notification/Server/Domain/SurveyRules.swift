/// How a survey is asked and answered.
enum SurveyRules {
    /// How long an answer is taken, and may be changed.
    static let openMilliseconds: Int64 = 30 * 86_400_000
    /// How often an answer is taken: whoever has the link may change their mind, not fill the journal.
    static let mostAnswers: Int64 = 10

    /// What leads to a survey and cannot be guessed: 128 random bits in hexadecimal.
    static func token(using generator: inout some RandomNumberGenerator) -> String {
        (0..<4).map { _ in
            let digits = String(UInt32.random(in: 0 ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 8 - digits.utf8.count) + digits
        }.joined()
    }

    static func isToken(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
