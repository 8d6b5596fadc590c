/// How a survey is asked and answered.
enum SurveyRules {
    /// How long an answer is taken, and may be changed.
    static let openMilliseconds: Int64 = 30 * 86_400_000
    /// How often an answer is taken: whoever has the link may change their mind, not fill the journal.
    static let mostAnswers: Int64 = 10
}
