import Model
import Wire

/// The tests' own handlers keep deliveries alone.
extension NotificationHandler {
    func listTemplates(_ request: ListTemplatesRequest, _ context: CallContext) async throws -> ListTemplatesResponse {
        throw RPCError.notFound("templates")
    }

    func getTemplate(_ request: GetTemplateRequest, _ context: CallContext) async throws -> MailTemplate {
        throw RPCError.notFound("template")
    }

    func createTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> MailTemplate {
        throw RPCError.notFound("template")
    }

    func updateTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> MailTemplate {
        throw RPCError.notFound("template")
    }

    func deleteTemplate(_ request: GetTemplateRequest, _ context: CallContext) async throws -> MailTemplate {
        throw RPCError.notFound("template")
    }

    func previewTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> TemplatePreview {
        throw RPCError.notFound("template")
    }

    func listSuppressions(
        _ request: ListSuppressionsRequest, _ context: CallContext
    ) async throws -> ListSuppressionsResponse {
        throw RPCError.notFound("suppressions")
    }

    func removeSuppression(_ request: GetSuppressionRequest, _ context: CallContext) async throws -> Suppression {
        throw RPCError.notFound("suppression")
    }

    func getSurvey(_ request: GetSurveyRequest, _ context: CallContext) async throws -> Survey {
        throw RPCError.notFound("survey")
    }

    func answerSurvey(_ request: AnswerSurveyRequest, _ context: CallContext) async throws -> Survey {
        throw RPCError.notFound("survey")
    }
}
