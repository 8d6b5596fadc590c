import Logging
import Model
import RPC
import Wire

/// Connections of the operator to the services of a running system.
struct SystemClients: Sendable {
    private let clients: [String: RPCClient]

    /// Opens no connection before the first call; all are closed when `body` ends.
    static func with<Result: Sendable>(
        _ system: RunningSystem, _ installation: Installation, _ body: (SystemClients) async throws -> Result
    ) async throws -> Result {
        var clients: [String: RPCClient] = [:]
        for service in system.services {
            clients[service.name] = try client(service, system, installation)
        }
        let all = SystemClients(clients: clients)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(all)) } catch { result = .failure(error) }
        for client in clients.values { client.close() }
        return try result.get()
    }

    func channel(_ service: String) throws -> any CallChannel {
        guard let client = clients[service] else {
            throw CommandFailure("no service named \(service)", ExitStatus.usage)
        }
        return client
    }

    func isReady(_ service: String) async -> Bool {
        let health = try? await HealthClient(channel(service))
            .check(HealthCheckRequest(), CallOptions(timeout: .seconds(1)))
        return health?.ready ?? false
    }
}

extension Installation {
    /// Calls one service of the running system.
    func calling<Result: Sendable>(
        _ service: String, _ body: (any CallChannel) async throws -> Result
    ) async throws -> Result {
        var system = try runningSystem()
        system.services = [try system.service(service)]
        return try await SystemClients.with(system, self) { try await body($0.channel(service)) }
    }
}

extension SystemClients {
    fileprivate static func client(
        _ service: RunningSystem.Service, _ system: RunningSystem, _ installation: Installation
    ) throws -> RPCClient {
        guard let address = ServerAddress(service.rpc, service: service.name) else {
            throw CommandFailure("\(service.rpc) is no address", ExitStatus.software)
        }
        let name = Credentials.operatorName
        let tls =
            system.insecure
            ? nil
            : TLSConfiguration(
                certificatePath: installation.certificate(name), keyPath: installation.key(name),
                caPath: installation.certificate("ca"))
        do {
            return try RPCClient(address, tls: tls, logger: Logger(label: "firstline"))
        } catch {
            throw CommandFailure("cannot use the operator's certificate: \(error)", ExitStatus.noPermission)
        }
    }
}
