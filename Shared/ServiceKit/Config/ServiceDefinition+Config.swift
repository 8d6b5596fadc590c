extension ServiceDefinition {
    /// Reads the service's settings.
    /// - Parameter arguments: without the program's name.
    /// - Throws: `ConfigError`.
    public func config(arguments: [String], environment: [String: String] = [:]) async throws -> ServiceConfig {
        switch try await ConfigLoader(keys: allKeys).load(arguments: arguments, environment: environment) {
        case .run(let config), .check(let config, _): return config
        case .help, .version: throw ConfigError(.usage, "--help and --version start nothing")
        }
    }
}
