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
                matches: .taken, handle: updateTemplate),
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
        Self.answer(try await peers.notification.getTemplate(GetTemplateRequest(id: try call.id()), call.options))
    }

    private static func answer(_ template: MailTemplate) -> Answer {
        .json(.template(template)).with(.eTag, "\"\(template.version)\"")
    }

    private func updateTemplate(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        var template = try await peers.notification.getTemplate(GetTemplateRequest(id: id), call.readOptions)
        switch call.match {
        case .version(template.version), .any, nil: break
        case .version, .unknown: throw Self.stale(template)
        }
        if let subject = call.json["subject"]?.string { template.subject = subject }
        if let text = call.json["text"]?.string { template.text = text }
        if let html = call.json["html"]?.string { template.html = html }
        do {
            return Self.answer(try await peers.notification.updateTemplate(template, call.options))
        } catch let error as RPCError where error.detail?.code == "stale_version" {
            throw Self.stale(try await peers.notification.getTemplate(GetTemplateRequest(id: id), call.readOptions))
        }
    }

    private static func stale(_ template: MailTemplate) -> Problem {
        Problem(
            .preconditionFailed, "stale_version", "The template has another version than the one that was seen.",
            extra: [JSONMember(name: "current", value: .template(template))],
            headers: [.eTag: "\"\(template.version)\""])
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
