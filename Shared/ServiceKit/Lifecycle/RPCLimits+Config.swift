import RPC

extension RPCLimits {
    /// The bounds of a service's port. Throws `ConfigError` for those that cannot be kept.
    init(_ config: ServiceConfig) throws {
        self.init()
        connectionAge = config.duration("connection-age")
        guard connectionAge >= .seconds(1) else {
            throw ConfigError(.config, "--connection-age: it must be 1s or more")
        }
    }
}
