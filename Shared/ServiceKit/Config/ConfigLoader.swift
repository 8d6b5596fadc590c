import Configuration
import Model
import Synchronization
import SystemPackage

/// Reads the settings of one executable: flags over environment over file over defaults.
struct ConfigLoader {
    /// What the command line asks for.
    enum Request: Sendable {
        case run(ServiceConfig)
        /// Only look at the settings, and tell what the program is; also where its files and its store are, when asked for `places`.
        case check(ServiceConfig, places: Bool)
        case help
        case version
    }

    /// One place that settings come from.
    private struct Source {
        var provider: any ConfigProvider
        /// The key as this source writes it.
        var dress: @Sendable (ConfigKey) -> String
        var exitCode: ConfigError.ExitCode
    }

    let keys: [ConfigKey]

    func load(arguments: [String], environment: [String: String]) async throws -> Request {
        if let place = arguments.firstIndex(where: { $0 == "--check" || $0 == "--check-places" }) {
            var rest = arguments
            let word = rest.remove(at: place)
            let request = try await load(arguments: rest, environment: environment)
            if case .run(let config) = request { return .check(config, places: word == "--check-places") }
            return request
        }
        switch try CommandLineCheck(keys: keys).check(arguments) {
        case .help: return .help
        case .version: return .version
        case .run: break
        }
        try check(environment)
        var sources = [
            // The provider takes the arguments as a process has them, its name first.
            Source(
                provider: CommandLineArgumentsProvider(arguments: ["-"] + arguments), dress: { $0.flag },
                exitCode: .usage),
            Source(
                provider: EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "firstline"),
                dress: { $0.variable }, exitCode: .config),
        ]
        if let configKey = keys.first(where: { $0.path == "config" }), let file = try value(of: configKey, in: sources)
        {
            sources.append(try await fileSource(file))
        }
        var values: [String: String] = [:]
        for key in keys { values[key.path] = try value(of: key, in: sources) }
        return .run(ServiceConfig(keys: keys, values: values))
    }

    private func value(of key: ConfigKey, in sources: [Source]) throws -> String? {
        for source in sources {
            let direct = try text(of: key, in: source)
            if let direct {
                if let fault = key.fault(of: direct) {
                    throw ConfigError(source.exitCode, "\(source.dress(key)) \(fault)")
                }
                return direct
            }
            if key.isSecret, let file = try text(of: key.fileKey, in: source) {
                return try secret(file, of: source.dress(key.fileKey))
            }
        }
        return nil
    }

    private func text(of key: ConfigKey, in source: Source) throws -> String? {
        let path = AbsoluteConfigKey(key.components)
        do {
            // A flag that stands alone is true; anything with commas is split by the provider, and joined again here.
            if key.kind == .flag, let content = try? source.provider.value(forKey: path, type: .bool).value?.content,
                case .bool(let isOn) = content
            {
                return String(isOn)
            }
            if let content = try? source.provider.value(forKey: path, type: .string).value?.content,
                case .string(let text) = content
            {
                return text
            }
            guard
                case .stringArray(let parts)? = try source.provider.value(forKey: path, type: .stringArray).value?
                    .content
            else {
                return nil
            }
            return parts.joined(separator: ",")
        } catch {
            throw ConfigError(source.exitCode, "\(source.dress(key)) cannot be read as a text")
        }
    }

    private func fileSource(_ file: String) async throws -> Source {
        // The parser asks of each key whether it is secret: that is how we learn which keys the file has.
        let keysFound = SharedKeys()
        let options = YAMLSnapshot.ParsingOptions(
            secretsSpecifier: .dynamic { key, _ in
                keysFound.insert(key)
                return true
            })
        let provider: FileProvider<YAMLSnapshot>
        do {
            provider = try await FileProvider<YAMLSnapshot>(parsingOptions: options, filePath: FilePath(file))
        } catch {
            throw ConfigError(.noInput, "cannot read \(file): \(error)")
        }
        let known = Set(keys.map(\.path) + keys.filter(\.isSecret).map(\.fileKey.path))
        if let unknown = keysFound.all.sorted().first(where: { !known.contains($0) }) {
            throw ConfigError(.config, "\(file) has the unknown key \(unknown); --help lists them")
        }
        return Source(provider: provider, dress: { "\(file): \($0.path)" }, exitCode: .config)
    }

    private func secret(_ file: String, of dress: String) throws -> String {
        guard let text = try? SystemFile.read(file, limit: 64 * 1_024) else {
            throw ConfigError(.noInput, "\(dress) names \(file), which cannot be read")
        }
        let value = text.last?.isNewline == true ? String(text.dropLast()) : text
        guard !value.isEmpty else { throw ConfigError(.config, "\(dress) names \(file), which is empty") }
        return value
    }

    private func check(_ environment: [String: String]) throws {
        let known = Set(keys.map(\.variable) + keys.filter(\.isSecret).map(\.fileKey.variable))
        for name in environment.keys.sorted() where name.hasPrefix("FIRSTLINE_") && !known.contains(name) {
            let word = name.dropFirst("FIRSTLINE_".count)
            if CommonKeys.sharedWords.contains(String(word.prefix { $0 != "_" })) || isServiceLink(word) { continue }
            throw ConfigError(.config, "unknown setting \(name) in the environment; --help lists them")
        }
    }

    /// Kubernetes describes every service of a namespace to every container, as `FIRSTLINE_INTAKE_SERVICE_HOST`.
    private func isServiceLink(_ word: Substring) -> Bool {
        word.hasSuffix("_SERVICE_HOST") || word.contains("_SERVICE_PORT") || word.hasSuffix("_PORT")
            || word.contains("_PORT_")
    }
}

/// The keys that a file's parser met.
private final class SharedKeys: Sendable {
    private let keys = Mutex<Set<String>>([])

    func insert(_ key: String) { keys.withLock { _ = $0.insert(key) } }
    var all: Set<String> { keys.withLock { $0 } }
}
