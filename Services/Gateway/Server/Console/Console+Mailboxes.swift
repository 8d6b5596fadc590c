import HTTPTypes
import Model
import Wire

/// The addresses that take mail: under which name and in which dress they answer, and whom they let take part.
extension Console {
    func mailboxes(_ visit: ConsoleVisit) async throws -> Answer {
        let list = try await desk.peers.intake.listMailboxes(ListMailboxesRequest(), visit.options)
        let teams = Dictionary(uniqueKeysWithValues: await teams(visit).map { ($0.id, $0.name) })
        var view = try await settingsFrame(visit, .mailboxes)
        view["rows"] = list.mailboxes.map { mailbox -> [String: Any] in
            [
                "id": mailbox.id, "name": mailbox.name, "address": mailbox.address, "is_default": mailbox.isDefault,
                "team": mailbox.teamID == 0
                    ? visit.texts[.noTeam] : teams[mailbox.teamID] ?? "#\(mailbox.teamID)",
                "policy": visit.texts.named("cc_policy", mailbox.ccPolicy.nameOrStandard),
            ]
        }
        return .html(pages.render("mailboxes", view))
    }

    func mailbox(_ visit: ConsoleVisit, _ id: Int64) async throws -> Answer { try await mailbox(visit, id, nil, nil) }

    /// Saves what was changed, and nothing else: what somebody else changed meanwhile stays theirs.
    func saveMailbox(_ visit: ConsoleVisit, _ form: Form, _ id: Int64) async throws -> Answer {
        let request = UpdateMailboxRequest(
            id: id, name: form.change(of: "name"), teamID: form.change(of: "team_id").map { Int64($0) ?? 0 },
            ccPolicy: form.change(of: "cc_policy").flatMap { CopyPolicy(name: $0) } ?? .unspecified,
            fromName: form.change(of: "from_name"), color: form.change(of: "color"),
            footer: form.change(of: "footer"),
            // What is no number is refused as a number below the least.
            surveyAfterMinutes: form.change(of: "survey_after_minutes").map { Int32($0) ?? -1 })
        if request != UpdateMailboxRequest(id: id) {
            do {
                _ = try await desk.peers.intake.updateMailbox(request, visit.options)
            } catch let error as RPCError where Self.isRefusal(error) {
                return try await mailbox(visit, id, form, error)
            }
        }
        return .redirect("\(SettingsPage.mailboxes.path)/\(id)?done=saved")
    }

    private func mailbox(
        _ visit: ConsoleVisit, _ id: Int64, _ form: Form?, _ refusal: RPCError?
    ) async throws -> Answer {
        let mailbox = try await desk.peers.intake.getMailbox(GetMailboxRequest(id: id), visit.options)
        let teams = await teams(visit)
        let isLocked = !AccessPolicy.allows(visit.identity.caller, "firstline.v1.Intake/UpdateMailbox")
        var view = try await settingsFrame(visit, .mailboxes, title: mailbox.name, refusal: refusal)
        view["here"] = "\(SettingsPage.mailboxes.path)/\(id)"
        (view["id"], view["address"], view["can_change"]) = (id, mailbox.address, !isLocked)
        view["fields"] = fields(of: mailbox, teams, visit.texts).map {
            $0.view(form, faults: refusal?.detail?.violations ?? [], isLocked: isLocked)
        }
        return .html(pages.render("mailbox", view), refusal.map { Problem($0).status } ?? .ok)
    }

    private func fields(of mailbox: Mailbox, _ teams: [Team], _ texts: Texts) -> [FormField] {
        var teams = [(value: "0", name: texts[.noTeam])] + teams.map { (value: String($0.id), name: $0.name) }
        // While routing is away, the team stays what it is.
        let team = String(mailbox.teamID)
        if !teams.contains(where: { $0.value == team }) { teams.append((team, "#\(team)")) }
        let policies = Names.copyPolicies.map { (value: $0, name: texts.named("cc_policy", $0)) }
        var fields = [
            FormField(name: "name", label: texts[.name], value: mailbox.name, isWanted: true),
            FormField(name: "team_id", label: texts[.team], kind: .choice(teams), value: team),
            FormField(
                name: "cc_policy", label: texts[.ccPolicy], kind: .choice(policies),
                value: mailbox.ccPolicy.nameOrStandard),
            FormField(
                name: "from_name", label: texts[.fromName], value: mailbox.fromName, hint: texts[.fromNameHint]),
            FormField(
                name: "color", label: texts[.color], value: mailbox.color, hint: texts[.colorHint], limit: 7),
            FormField(
                name: "footer", label: texts[.footer], kind: .area, value: mailbox.footer, hint: texts[.footerHint],
                limit: 4_096),
            FormField(
                name: "survey_after_minutes", label: texts[.surveyAfter], value: String(mailbox.surveyAfterMinutes),
                hint: texts[.surveyAfterHint], limit: 4, isWanted: true),
        ]
        for index in fields.indices { fields[index].tellsOld = true }
        return fields
    }

    /// None while routing is away.
    private func teams(_ visit: ConsoleVisit) async -> [Team] {
        var options = visit.options
        options.timeout = Desk.deadlinesTimeout
        let list = try? await desk.peers.routing.listTeams(
            ListTeamsRequest(limit: Int32(ListLimit.greatest)), options)
        return list?.teams ?? []
    }
}

extension CopyPolicy {
    fileprivate var nameOrStandard: String { (self == .unspecified ? .known : self).name }
}
