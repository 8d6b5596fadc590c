import ArgumentParser
import Model
import Wire

/// `firstline agent`: the people who answer.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Creates and lists agents, and makes sign-in links.",
        subcommands: [Create.self, List.self, Link.self])

    @ParentCommand var firstline: Firstline

    /// `firstline agent create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Creates an agent.")

        @ParentCommand var parent: AgentCommand
        @OptionGroup var dataOption: DataOption
        @Option(help: "Full name.") var name: String
        @Option(help: "Address.") var email: String
        @Option(help: "agent, lead or admin.") var role = "agent"
        @Option(help: "Tier, 1 to 3.") var tier: Int32 = 1
        @Option(help: "Open tickets at once.") var capacity: Int32 = 20
        @Option(name: .customLong("team-id"), help: "A team the agent belongs to; may be repeated.")
        var teamIDs: [Int64] = []
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                guard let known = Role(name: role), [.agent, .lead, .admin].contains(known) else {
                    throw CommandFailure("--role: \(role) is none of agent, lead, admin", ExitStatus.usage)
                }
                let installation = dataOption.installation(parent.firstline)
                let system = try installation.runningSystem()
                let user = try await SystemClients.with(system, installation) { clients in
                    try await AgentMaker(clients: clients).make(
                        CreateUserRequest(name: name, email: email, role: known),
                        teamIDs: teamIDs, tier: tier, capacity: capacity)
                }
                guard json else { return Terminal.print("\(user.id)") }
                Terminal.print(
                    JSONWriter.text(of: [
                        "id": .integer(user.id), "name": .string(user.name), "email": .string(user.email),
                        "role": .string(user.role.name),
                    ]))
            }
        }
    }

    /// `firstline agent list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists agents.")

        @ParentCommand var parent: AgentCommand
        @OptionGroup var dataOption: DataOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let users = try await dataOption.installation(parent.firstline).calling("gateway") { channel in
                    let gateway = GatewayClient(channel)
                    return try await Pages.all { cursor in
                        let page = try await gateway.listUsers(ListUsersRequest(limit: Pages.size, cursor: cursor))
                        return (page.users, page.nextCursor)
                    }
                }
                Listing(
                    ["ID", "NAME", "EMAIL", "ROLE", "ACTIVE"],
                    users.map { user in
                        [
                            .integer(user.id), .string(user.name), .string(user.email), .string(user.role.name),
                            .bool(user.active),
                        ]
                    }
                ).show(json: json)
            }
        }
    }

    /// `firstline agent link ID`.
    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a link that signs an agent in, once.")

        @ParentCommand var parent: AgentCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The agent's id.") var id: Int64

        func run() async throws {
            try await Failures.reported {
                let installation = dataOption.installation(parent.firstline)
                let link = try await installation.calling("gateway") { channel in
                    try await GatewayClient(channel).createSignInLink(CreateSignInLinkRequest(userID: id))
                }
                let http = try installation.runningSystem().service("gateway").http ?? ""
                Terminal.print("http://\(http)\(link.path)")
            }
        }
    }
}
