import HTTPTypes
import Model
import Wire

/// The words of the mails: read, preview, change.
extension Desk {
    var templateRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/templates", operation: "createTemplate", tag: "Templates",
                summary: "Give a mailbox its own words for a kind of mail in a language", body: .json("NewTemplate"),
                status: .created, content: .json(.named("Template")), refusals: [.conflict], handle: createTemplate),
            Route(
                method: .get, pattern: "/templates", operation: "listTemplates", tag: "Templates",
                summary: "List the templates of mails, the product's own among them",
                parameters: [
                    Parameter("kind", .choice(Names.deliveryKinds)), Parameter("language", .choice(Names.languages)),
                    Parameter("mailbox_id", .id), .limit, .cursor,
                ], content: .json(Schemas.page(of: "Template")), handle: listTemplates),
            Route(
                method: .post, pattern: "/templates/preview", operation: "previewTemplate", tag: "Templates",
                summary: "See a template filled with a ticket that was made up; saves nothing",
                body: .json("TemplatePreview"), content: .json(.named("TemplatePreviewed")), handle: previewTemplate),
            Route(
                method: .get, pattern: "/templates/{id}", operation: "getTemplate", tag: "Templates",
                summary: "Read a template", content: .json(.named("Template")), refusals: Self.one,
                handle: getTemplate),
            Route(
                method: .patch, pattern: "/templates/{id}", operation: "updateTemplate", tag: "Templates",
                summary: "Change a template's words", body: .json("TemplatePatch"),
                content: .json(.named("Template")), refusals: [.notFound, .preconditionFailed],
                handle: updateTemplate),
            Route(
                method: .delete, pattern: "/templates/{id}", operation: "deleteTemplate", tag: "Templates",
                summary: "Remove a mailbox's template, or go back to the product's own words", status: .noContent,
                refusals: Self.one, handle: deleteTemplate),
        ]
    }

    private func createTemplate(_ call: APICall) async throws -> Answer {
        let created = try await peers.notification.createTemplate(Self.template(call.json), call.options)
        return .json(.template(created), .created).with(.location, "/api/v1/templates/\(created.id)")
    }

    private func listTemplates(_ call: APICall) async throws -> Answer {
        let list = try await peers.notification.listTemplates(
            ListTemplatesRequest(
                kind: DeliveryKind(name: call.text("kind")) ?? .unspecified, language: call.text("language"),
                mailboxID: call.integer("mailbox_id") ?? 0, limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.templates.map { .template($0) }, list.nextCursor))
    }

    private func getTemplate(_ call: APICall) async throws -> Answer {
        .json(.template(try await peers.notification.getTemplate(GetTemplateRequest(id: try call.id()), call.options)))
    }

    private func updateTemplate(_ call: APICall) async throws -> Answer {
        var template = try await peers.notification.getTemplate(GetTemplateRequest(id: try call.id()), call.options)
        if let subject = call.json["subject"]?.string { template.subject = subject }
        if let text = call.json["text"]?.string { template.text = text }
        if let html = call.json["html"]?.string { template.html = html }
        return .json(.template(try await peers.notification.updateTemplate(template, call.options)))
    }

    private func deleteTemplate(_ call: APICall) async throws -> Answer {
        _ = try await peers.notification.deleteTemplate(GetTemplateRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }

    private func previewTemplate(_ call: APICall) async throws -> Answer {
        let preview = try await peers.notification.previewTemplate(Self.template(call.json), call.options)
        return .json([
            "subject": .string(preview.subject), "text": .string(preview.text), "html": .string(preview.html),
        ])
    }

    /// From a checked `NewTemplate` or `TemplatePreview`.
    private static func template(_ json: JSONValue) -> MailTemplate {
        MailTemplate(
            kind: DeliveryKind(name: json.text("kind")) ?? .unspecified, language: json.text("language"),
            mailboxID: json["mailbox_id"]?.integer ?? 0, subject: json.text("subject"), text: json.text("text"),
            html: json.text("html"))
    }
}

extension JSONValue {
    fileprivate static func template(_ template: MailTemplate) -> JSONValue {
        [
            "id": .integer(template.id), "kind": .string(template.kind.name), "language": .string(template.language),
            "mailbox_id": .id(template.mailboxID), "subject": .string(template.subject),
            "text": .string(template.text), "html": .string(template.html), "original": .bool(template.isOriginal),
            "version": .integer(template.version), "updated_at": .instant(template.updatedAtMilliseconds),
        ]
    }
}
