import Glibc
import NIOCore
public import ServiceLifecycle

/// A listener that could not listen: taken by another process, not an address of this host, or not allowed.
struct ListenError: Error, CustomStringConvertible {
    /// The setting that says where, as "http-listen".
    var key: String
    var address: HostPort
    var errorNumber: CInt

    var description: String { "cannot listen at \(address) (--\(key)): \(String(cString: strerror(errorNumber)))" }
}

extension ServiceConfig {
    /// Begins to listen at the address of a setting.
    /// - Throws: an error that names both, where the system refuses; and what else `listen` throws.
    public func listening<Listener: Sendable>(
        _ key: String, _ listen: @Sendable (HostPort) async throws -> Listener
    ) async throws -> Listener {
        let address = address(key)
        do {
            return try await listen(address)
        } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
            throw ListenError(key: key, address: address, errorNumber: error.errnoCode)
        }
    }

    /// The same for a service that listens when it runs.
    public func listening(_ key: String, _ service: any Service) -> any Service {
        ListeningService(key: key, config: self, service: service)
    }
}

private struct ListeningService: Service {
    let key: String
    let config: ServiceConfig
    let service: any Service

    func run() async throws {
        try await config.listening(key) { _ in try await service.run() }
    }
}
