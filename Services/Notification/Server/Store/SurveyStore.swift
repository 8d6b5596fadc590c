import Model
import Store

/// Surveys, and the SQL that keeps them.
enum SurveyStore {
    /// Enters a survey, or finds it where its delivery was tried before: the link stays the same over all attempts.
    static func ask(_ survey: StoredSurvey, in transaction: Transaction) throws -> StoredSurvey {
        if let known = try transaction.row(select + " WHERE id = ?", [.integer(survey.id)]).map(Self.survey) {
            return known
        }
        var survey = survey
        survey.askedAtMilliseconds = transaction.nowMilliseconds
        try transaction.execute(
            """
            INSERT INTO surveys (id, token, ticket_id, requester_id, agent_id, language, desk_name, satisfaction, changes, asked_at_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)
            """,
            [
                .integer(survey.id), .text(survey.token), .integer(survey.ticketID), .integer(survey.requesterID),
                .integer(survey.agentID), .text(survey.language), .text(survey.deskName),
                .integer(survey.askedAtMilliseconds),
            ])
        return survey
    }

    static func find(token: String, in reader: Reader) throws -> StoredSurvey? {
        try reader.row(select + " WHERE token = ?", [.text(token)]).map(survey)
    }

    /// Whether a ticket's requester was asked already, by another delivery.
    static func isAsked(ticketID: Int64, besides id: Int64, in reader: Reader) throws -> Bool {
        try reader.row(
            "SELECT id FROM surveys WHERE ticket_id = ? AND id <> ? LIMIT 1", [.integer(ticketID), .integer(id)]) != nil
    }

    static func answer(_ survey: StoredSurvey, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE surveys SET satisfaction = ?, changes = ? WHERE id = ?",
            [.integer(Int64(survey.satisfaction.rawValue)), .integer(survey.changes), .integer(survey.id)])
    }

    private static let select = """
        SELECT id, token, ticket_id, requester_id, agent_id, language, desk_name, satisfaction, changes, asked_at_ms FROM surveys
        """

    private static func survey(_ row: Row) throws -> StoredSurvey {
        StoredSurvey(
            id: try row.int("id"), token: try row.text("token"), ticketID: try row.int("ticket_id"),
            requesterID: try row.int("requester_id"), agentID: try row.int("agent_id"),
            language: try row.text("language"), deskName: try row.text("desk_name"),
            satisfaction: Satisfaction(rawValue: Int32(try row.int("satisfaction"))) ?? .unspecified,
            changes: try row.int("changes"), askedAtMilliseconds: try row.int("asked_at_ms"))
    }
}
