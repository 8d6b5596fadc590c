import Model
import Store
import Wire

extension Console {
    /// What every page of someone signed in shows: who it is, presence, search.
    func frame(_ visit: ConsoleVisit, title: String) async throws -> [String: Any] {
        let newest = try await desk.store.read { try $0.newestEventID() }
        let presence = await presence(visit)
        let choices = Names.presences.map { name -> [String: Any] in
            ["value": name, "name": visit.texts.named("presence", name), "chosen": name == presence]
        }
        return [
            "t": visit.texts, "title": title, "csrf": visit.csrfToken, "newest_event": newest,
            "user": ["id": visit.user.id, "name": visit.user.name] as [String: Any], "here": visit.call.path,
            "presences": choices, "presence": presence ?? "offline", "presence_away": presence == nil,
            "q": visit.query("q"),
        ]
    }

    /// Nil while routing is away.
    private func presence(_ visit: ConsoleVisit) async -> String? {
        var options = visit.options
        options.timeout = Desk.deadlinesTimeout
        guard
            let list = try? await desk.peers.routing.listAgents(ListAgentsRequest(ids: [visit.user.id]), options)
        else { return nil }
        guard let agent = list.agents.first, agent.presence != .unspecified else { return Presence.offline.name }
        return agent.presence.name
    }

    func setPresence(_ visit: ConsoleVisit, _ form: Form) async throws -> Answer {
        guard let presence = Presence(name: form["presence"]) else { throw Problem.invalid("presence", "is unknown") }
        _ = try await desk.peers.routing.setPresence(
            SetPresenceRequest(agentID: visit.user.id, presence: presence), visit.options)
        let back = form["back"]
        // Only ever to a page of this host.
        let isOwn =
            back.hasPrefix("/") && !back.hasPrefix("//") && !back.contains("\\")
            && back.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return .redirect(isOwn ? back : "/")
    }
}
