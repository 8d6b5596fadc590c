import Model
import ServiceKit
import Store
import Wire

extension NotificationAPI {
    func getSurvey(_ request: GetSurveyRequest, _ context: CallContext) async throws -> Survey {
        let now = clock.nowMilliseconds
        return try await store.read { try Self.survey(request.token, in: $0).told(at: now) }
    }

    func answerSurvey(_ request: AnswerSurveyRequest, _ context: CallContext) async throws -> Survey {
        guard [.good, .bad].contains(request.satisfaction) else {
            throw RPCError.invalidField("satisfaction", "must be good or bad")
        }
        let now = clock.nowMilliseconds
        return try await store.perform(context, request) { transaction in
            var survey = try Self.survey(request.token, in: transaction)
            // The same answer once more tells nothing new, and a closed survey stays as it is.
            guard survey.satisfaction != request.satisfaction, survey.isOpen(at: now) else {
                return survey.told(at: now)
            }
            survey.satisfaction = request.satisfaction
            survey.changes += 1
            try SurveyStore.answer(survey, in: transaction)
            try transaction.journal(
                .surveyAnswered(
                    SurveyAnswered(
                        deliveryID: survey.id, satisfaction: survey.satisfaction, agentID: survey.agentID)),
                actor: Actor(kind: .requester, id: survey.requesterID), ticketID: survey.ticketID,
                traceParent: context.traceParent ?? "")
            return survey.told(at: now)
        }
    }

    private static func survey(_ token: String, in reader: Reader) throws -> StoredSurvey {
        guard RandomToken.isToken(token), let survey = try SurveyStore.find(token: token, in: reader) else {
            throw RPCError.notFound("survey")
        }
        return survey
    }
}
