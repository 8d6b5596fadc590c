import Model

/// A survey as notification keeps it.
struct StoredSurvey: Sendable, Hashable {
    /// The delivery's that asks.
    var id: Int64
    var token: String
    var ticketID: Int64
    var requesterID: Int64
    /// Whose ticket it was; 0 for nobody's.
    var agentID: Int64
    var language: String
    var deskName: String
    var satisfaction = Satisfaction.unspecified
    /// How often it was answered.
    var changes: Int64 = 0
    var askedAtMilliseconds: Int64 = 0

    func isOpen(at nowMilliseconds: Int64) -> Bool {
        nowMilliseconds - askedAtMilliseconds <= SurveyRules.openMilliseconds && changes < SurveyRules.mostAnswers
    }

    /// What whoever has the token sees.
    func told(at nowMilliseconds: Int64) -> Survey {
        Survey(
            ticketID: ticketID, language: language, deskName: deskName, satisfaction: satisfaction,
            closed: !isOpen(at: nowMilliseconds))
    }
}
