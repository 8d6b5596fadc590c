/// Where a running system's services listen, as `firstline up` writes it into the data folder.
struct RunningSystem: Codable, Sendable {
    struct Service: Codable, Sendable {
        var name: String
        /// `host:port` addresses.
        var rpc: String
        var admin: String
        var lmtp: String?
        var http: String?
    }

    /// The supervisor's.
    var pid: Int32
    var insecure: Bool
    /// The file that its log goes to; nil when standard error is none.
    var log: String?
    var services: [Service]

    func service(_ name: String) throws -> Service {
        guard let service = services.first(where: { $0.name == name }) else {
            throw CommandFailure(
                "no service named \(name); there are \(services.map(\.name).joined(separator: ", "))", ExitStatus.usage)
        }
        return service
    }
}
