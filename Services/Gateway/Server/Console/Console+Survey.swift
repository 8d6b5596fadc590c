import HTTPTypes
import Model
import Wire

extension Console {
    private static let surveyFormLimitBytes = 1_024

    /// The page of a survey. A link that names an answer only puts that one first; the button records it, so that whatever follows links in mail
    /// (scanners, previews, robots) answers nothing.
    func survey(
        _ call: HTTPCall, isRead: Bool, _ read: @Sendable (Int) async throws -> [UInt8]
    ) async throws -> Answer {
        guard call.segments.count == 2 else { throw Problem.notFound() }
        let (token, notification) = (call.segments[1], desk.peers.notification)
        guard isRead else {
            let form = try Form(await read(Self.surveyFormLimitBytes), call)
            guard let satisfaction = Satisfaction(name: form["answer"]), satisfaction != .unspecified else {
                throw Problem.invalid("answer", "must be good or bad")
            }
            _ = try await notification.answerSurvey(AnswerSurveyRequest(token: token, satisfaction: satisfaction))
            return .redirect("/survey/\(token)").with(.robots, "noindex, nofollow")
        }
        let survey = try await notification.getSurvey(GetSurveyRequest(token: token))
        let texts = Texts(survey.language)
        let named = call.query.first { $0.name == "answer" }?.value ?? ""
        let first = survey.satisfaction == .unspecified ? named : survey.satisfaction.name
        var view: [String: Any] = [
            "t": texts, "desk": survey.deskName, "ticket": "#\(survey.ticketID)", "open": !survey.closed,
            "action": "/survey/\(token)",
            "choices": Names.satisfactions.map { name -> [String: Any] in
                ["value": name, "name": texts.named("satisfaction", name), "chosen": name == first]
            },
        ]
        if survey.satisfaction != .unspecified {
            view["answer"] = texts.named("satisfaction", survey.satisfaction.name)
        }
        return .html(pages.render("survey", view)).with(.robots, "noindex, nofollow")
    }
}
