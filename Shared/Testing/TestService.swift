import Logging
public import Model
public import RPC
public import ServiceKit
public import Store
public import Wire

/// A service that runs in the test's own process, on a folder of its own, on free ports, without TLS, by a test's clock.
public struct TestService: Sendable {
    /// What one start is made of. Keep it to start again on the same data.
    public struct Setup: Sendable {
        public var folder: TestFolder
        public var clock: TestClock
        /// Addresses of the peers that are there; the others are away.
        public var peers: [String: HostPort] = [:]
        /// Where the RPC server listens.
        public var listen = HostPort(host: "127.0.0.1", port: 0)
        /// More flags.
        public var arguments: [String] = []
        /// What principals are signed with; services that are to believe one gateway share it.
        public var key = SigningKey()

        public init(clock: TestClock = TestClock()) throws {
            folder = try TestFolder()
            self.clock = clock
        }
    }

    public let running: RunningService
    public let setup: Setup

    public var store: Store { running.store }
    public var clock: TestClock { setup.clock }

    /// Runs the service for as long as `body` takes, and stops it gracefully.
    @discardableResult
    public static func with<Result: Sendable>(
        _ definition: ServiceDefinition, _ setup: Setup, _ body: @Sendable (TestService) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: definition.name) { _ in SwiftLogNoOpLogHandler() }
        let started = try await RunningService.start(
            definition, config: try await config(definition, setup), logger: logger, clock: setup.clock)
        guard let running = started else { preconditionFailure("nobody has told the service to stop") }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await running.run() }
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(TestService(running: running, setup: setup)))
            } catch {
                outcome = .failure(error)
            }
            await running.stop()
            try await group.waitForAll()
            return try outcome.get()
        }
    }

    /// The same on a new folder, with no peer there.
    @discardableResult
    public static func with<Result: Sendable>(
        _ definition: ServiceDefinition, _ body: @Sendable (TestService) async throws -> Result
    ) async throws -> Result {
        try await with(definition, Setup(), body)
    }

    /// Calls the service as the operator, who may do everything.
    public func channel() throws -> any CallChannel { try channel(as: AccessPolicy.operatorName) }

    /// Calls the service as the certificate of that name would.
    public func channel(as service: String) throws -> any CallChannel {
        try channel(Metadata([("service", service)]))
    }

    /// Calls the service on behalf of a person, as the gateway does.
    public func channel(as principal: Principal) throws -> any CallChannel {
        let text = try PrincipalSigner(key: setup.key, clock: setup.clock).sign(principal)
        return try channel(Metadata([("service", AccessPolicy.gatewayName), (Metadata.principalKey, text)]))
    }

    /// Puts the same metadata on every call.
    private func channel(_ metadata: Metadata) throws -> any CallChannel {
        let client = try RPCClient(
            ServerAddress(host: running.rpcAddress.host, port: running.rpcAddress.port),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return CompletingChannel(client) { options in
            for pair in metadata.pairs where options.metadata[pair.name] == nil {
                options.metadata[pair.name] = pair.value
            }
        }
    }

    private static func config(_ definition: ServiceDefinition, _ setup: Setup) async throws -> ServiceConfig {
        let publicKey = try setup.folder.write(setup.key.verifyingKey.pem, to: "principal.pub")
        var arguments = [
            "--listen", "\(setup.listen)", "--admin-listen", "127.0.0.1:0", "--data",
            "\(setup.folder.path)/\(definition.name)",
            "--insecure-loopback", "--principal-key", publicKey,
        ]
        arguments += TestDatabase.options("\(setup.folder.path)/\(definition.name)")
        for peer in definition.peers { arguments += ["--peer-\(peer)", "\(setup.peers[peer] ?? FreePort.nobody)"] }
        return try await definition.config(arguments: arguments + setup.arguments)
    }
}
