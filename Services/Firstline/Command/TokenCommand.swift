import ArgumentParser
import FoundationEssentials
import Model
import Wire

/// `firstline token`: API tokens.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Creates, lists and revokes API tokens.",
        subcommands: [Create.self, List.self, Revoke.self])

    @ParentCommand var firstline: Firstline

    /// `firstline token create`: tells the token once.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Creates a token and tells it, once.")

        @ParentCommand var parent: TokenCommand
        @OptionGroup var dataOption: DataOption
        @Option(help: "What it may do: requester, agent, lead or admin.") var role: String
        @Option(help: "What it is for.") var name = "firstline token create"
        @Option(name: .customLong("agent-id"), help: "The user on whose behalf it acts.") var agentID: Int64 = 0
        @Option(name: .customLong("requester-id"), help: "The requester on whose behalf it acts.")
        var requesterID: Int64 = 0
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                guard let known = Role(name: role) else {
                    throw CommandFailure("--role: \(role) is none of requester, agent, lead, admin", ExitStatus.usage)
                }
                let created = try await dataOption.installation(parent.firstline).calling("gateway") { channel in
                    try await GatewayClient(channel).createToken(
                        CreateTokenRequest(name: name, role: known, agentID: agentID, requesterID: requesterID))
                }
                guard json else { return Terminal.print(created.token) }
                Terminal.print(
                    JSONWriter.text(of: [
                        "id": .integer(created.info.map(\.id) ?? 0), "name": .string(name), "role": .string(role),
                        "token": .string(created.token),
                    ]))
            }
        }
    }

    /// `firstline token list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists tokens (never their secrets).")

        @ParentCommand var parent: TokenCommand
        @OptionGroup var dataOption: DataOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let tokens = try await dataOption.installation(parent.firstline).calling("gateway") { channel in
                    let gateway = GatewayClient(channel)
                    return try await Pages.all { cursor in
                        let page = try await gateway.listTokens(
                            ListTokensRequest(limit: Pages.size, cursor: cursor))
                        return (page.tokens, page.nextCursor)
                    }
                }
                Listing(
                    ["ID", "NAME", "ROLE", "USER", "REVOKED"],
                    tokens.map { token in
                        [
                            .integer(token.id), .string(token.name), .string(token.role.name),
                            .integer(token.userID), .bool(token.revokedAtMilliseconds != 0),
                        ]
                    }
                ).show(json: json)
            }
        }
    }

    /// `firstline token revoke ID`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a token at once.")

        @ParentCommand var parent: TokenCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The token's id.") var id: Int64

        func run() async throws {
            try await Failures.reported {
                _ = try await dataOption.installation(parent.firstline).calling("gateway") { channel in
                    try await GatewayClient(channel).revokeToken(RevokeTokenRequest(id: id))
                }
            }
        }
    }
}
