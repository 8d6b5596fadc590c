import Model
import Wire

/// What `firstline up` does and says once every service is healthy.
struct Greeting: Sendable {
    let installation: Installation
    let system: RunningSystem
    /// Whether this is the installation's first start.
    let isNew: Bool
    let demo: Bool
    let http: String

    func say() async throws {
        try await SystemClients.with(system, installation) { clients in
            if isNew {
                let link = try await GatewayClient(clients.channel("gateway"))
                    .createSignInLink(CreateSignInLinkRequest())
                Terminal.print("administrator's sign-in link (works once): http://\(http)\(link.path)")
            }
            if demo { try await Demo(clients: clients).fill() }
        }
        Terminal.print("firstline ready http://\(http)")
    }
}
