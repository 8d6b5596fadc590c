import Model
import ServiceKit
import Store
import Wire

extension NotificationAPI {
    /// The most templates that mailboxes have of their own.
    static let mostTemplates = 2_000

    func listTemplates(_ request: ListTemplatesRequest, _ context: CallContext) async throws -> ListTemplatesResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "templates")
        let found = try await store.read { reader in
            try TemplateStore.list(
                above: page.afterID, kind: request.kind, language: request.language, mailboxID: request.mailboxID,
                limit: page.readLimit, in: reader)
        }
        let cut = page.cut(found) { $0.id }
        return ListTemplatesResponse(templates: cut.items, nextCursor: cut.nextCursor)
    }

    func getTemplate(_ request: GetTemplateRequest, _ context: CallContext) async throws -> MailTemplate {
        try await store.read { try Self.template(request.id, in: $0) }
    }

    func createTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> MailTemplate {
        try Self.refuse(TemplateCheck.violations(of: request))
        guard try await sender.writer.isMailbox(request.mailboxID) else {
            throw RPCError.invalidField(
                "mailbox_id", "must name a mailbox; what counts for all is changed, not entered")
        }
        return try await store.perform(context, request) { transaction in
            guard try !TemplateStore.exists(like: request, in: transaction) else {
                throw RPCError(
                    .alreadyExists, "the mailbox has a template of that kind and language",
                    detail: ErrorDetail(code: "already_exists"))
            }
            guard try TemplateStore.countOwn(in: transaction) < Self.mostTemplates else {
                throw RPCError(
                    .resourceExhausted, "there are at most \(Self.mostTemplates) templates",
                    detail: ErrorDetail(code: "limit_reached"))
            }
            var template = request
            template.id = OriginalTemplates.lastID + (try transaction.nextID("template"))
            (template.isOriginal, template.version) = (false, 1)
            template.updatedAtMilliseconds = transaction.nowMilliseconds
            try TemplateStore.save(template, in: transaction)
            return template
        }
    }

    func updateTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> MailTemplate {
        try await store.perform(context, request) { transaction in
            let old = try Self.template(request.id, in: transaction)
            let comparesNothing = request.version == 0 && !request.isOriginal
            guard comparesNothing || request.version == old.version else {
                throw RPCError.staleVersion("the template is at version \(old.version)", current: try old.serialized())
            }
            var template = old
            (template.subject, template.text, template.html) = (request.subject, request.text, request.html)
            try Self.refuse(TemplateCheck.violations(of: template))
            (template.isOriginal, template.version) = (false, old.version + 1)
            template.updatedAtMilliseconds = transaction.nowMilliseconds
            try TemplateStore.save(template, in: transaction)
            return template
        }
    }

    func deleteTemplate(_ request: GetTemplateRequest, _ context: CallContext) async throws -> MailTemplate {
        try await store.perform(context, request) { transaction in
            let old = try Self.template(request.id, in: transaction)
            try TemplateStore.remove(request.id, in: transaction)
            return OriginalTemplates.find(request.id) ?? old
        }
    }

    func previewTemplate(_ request: MailTemplate, _ context: CallContext) async throws -> TemplatePreview {
        try Self.refuse(TemplateCheck.violations(of: request))
        let rendered = try TemplateRenderer.render(request, TemplateSample.facts(request.kind, request.language))
        return TemplatePreview(subject: rendered.subject, text: rendered.text, html: rendered.html)
    }

    private static func template(_ id: Int64, in reader: Reader) throws -> MailTemplate {
        guard let template = try TemplateStore.find(id, in: reader) else { throw RPCError.notFound("template \(id)") }
        return template
    }

    private static func refuse(_ violations: [Violation]) throws {
        guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    }
}
