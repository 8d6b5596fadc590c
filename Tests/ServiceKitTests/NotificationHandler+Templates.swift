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
}
