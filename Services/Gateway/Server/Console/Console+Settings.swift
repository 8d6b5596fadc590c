import HTTPTypes
import Model
import Wire

extension Console {
    func settings(_ visit: ConsoleVisit, _ form: Form, isRead: Bool) async throws -> Answer {
        let path = visit.call.segments.dropFirst()
        guard let name = path.first else {
            guard isRead else { throw Problem.notFound() }
            return .redirect(SettingsPage.profile.path)
        }
        let rest = Array(path.dropFirst())
        switch (isRead, rest.count, SettingsPage(rawValue: name)) {
        case (true, 0, .profile): return try await profile(visit)
        case (false, 0, .profile): return try await saveProfile(visit, form)
        case (true, 0, .mailboxes): return try await mailboxes(visit)
        case (true, 1, .mailboxes): return try await mailbox(visit, try Self.id(rest[0]))
        case (false, 1, .mailboxes): return try await saveMailbox(visit, form, try Self.id(rest[0]))
        case (true, 0, .blocked): return try await blockedSenders(visit)
        case (false, 0, .blocked): return try await block(visit, form)
        case (false, 2, .blocked) where rest[1] == "remove": return try await unblock(visit, try Self.id(rest[0]))
        case (true, 0, .suspended): return try await suspendedMails(visit)
        case (true, 0, .suppressions): return try await suppressions(visit)
        case (false, 2, .suppressions) where rest[1] == "remove":
            return try await allowAgain(visit, try Self.id(rest[0]))
        default: throw Problem.notFound()
        }
    }

    /// What every page of settings shows: the frame, the way to the other pages, and what came of the last change.
    func settingsFrame(
        _ visit: ConsoleVisit, _ page: SettingsPage, title: String? = nil, refusal: RPCError? = nil
    ) async throws -> [String: Any] {
        var view = try await frame(visit, title: title ?? visit.texts.named("settings", page.rawValue))
        view["here"] = page.path
        view["is_still"] = true
        view["key"] = Secret.random().text
        view["areas"] = SettingsPage.allCases.filter { AccessPolicy.allows(visit.identity.caller, $0.method) }.map {
            [
                "link": $0.path, "name": visit.texts.named("settings", $0.rawValue), "chosen": $0 == page,
            ] as [String: Any]
        }
        if let refusal {
            (view["notice"], view["notice_kind"]) = (refused(refusal, visit), "bad")
        } else if let done = TextKey(rawValue: "done_\(visit.query("done"))") {
            (view["notice"], view["notice_kind"]) = (visit.texts[done], "good")
        }
        return view
    }

    /// A refusal in the owner's words, which name what is wrong.
    func refused(_ error: RPCError, _ visit: ConsoleVisit) -> String { "\(visit.texts[.refused]) \(error.message)" }

    /// Makes a change that is a wish to be rid of something: where it is gone already, the wish is granted.
    func remove(_ change: () async throws -> Void) async throws {
        do { try await change() } catch let error as RPCError where error.code == .notFound {}
    }

    /// The link to the rest of a list; nil for its end.
    static func next(_ page: SettingsPage, _ cursor: String, _ more: String = "") -> String? {
        cursor.isEmpty ? nil : "\(page.path)?\(more)cursor=\(ContentDisposition.percentEncoded(cursor))"
    }
}

// MARK: The agent's own

extension Console {
    func profile(_ visit: ConsoleVisit) async throws -> Answer { try await profile(visit, nil, nil) }

    func saveProfile(_ visit: ConsoleVisit, _ form: Form) async throws -> Answer {
        if let signature = form.change(of: "signature") {
            do {
                try await desk.change(
                    UpdateUserRequest(id: visit.user.id, signature: signature), by: visit.identity.caller,
                    visit.metadata)
            } catch let error as RPCError where Self.isRefusal(error) {
                return try await profile(visit, form, error)
            }
        }
        return .redirect("\(SettingsPage.profile.path)?done=saved")
    }

    private func profile(_ visit: ConsoleVisit, _ form: Form?, _ refusal: RPCError?) async throws -> Answer {
        var view = try await settingsFrame(visit, .profile, refusal: refusal)
        (view["who"], view["email"]) = (visit.user.name, visit.user.email)
        let signature = FormField(
            name: "signature", label: visit.texts[.signature], kind: .area, value: visit.user.signature,
            hint: visit.texts[.signatureHint], limit: 4_096, tellsOld: true)
        view["fields"] = [signature.view(form, faults: refusal?.detail?.violations ?? [])]
        return .html(pages.render("profile", view), refusal.map { Problem($0).status } ?? .ok)
    }
}
