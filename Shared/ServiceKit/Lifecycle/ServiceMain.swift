import FoundationEssentials
import Glibc
import Logging
import Model
import RPC
import Store

/// The whole of an executable: settings, logs, store, servers, followers; ends with the exit codes of sysexits.h.
public enum ServiceMain {
    public static func run(_ definition: ServiceDefinition) async -> Never {
        // What is written is the service's own, and a peer that goes away is an error to handle, no signal.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        let config = await settings(of: definition)
        let setup = LogSetup(
            service: definition.name, level: Logger.Level(rawValue: config.string("log-level")!) ?? .info,
            format: format(config.string("log-format")!))
        LoggingSystem.bootstrap { setup.handler(label: $0) }
        if let moving = StoreMoving(definition, config) { end(await moving.run()) }
        let logger = setup.logger()
        do {
            let service = try await RunningService.start(
                definition, config: config, logger: logger, stop: await StopRequest.listening())
            try await service?.run()
        } catch {
            let failure = StartFailure(error)
            logger.critical("service ends", metadata: ["error": "\(failure.text)", "exit.code": "\(failure.exitCode)"])
            end(failure.exitCode)
        }
        end(0)
    }

    /// Ends the process without what libraries do at an exit: OpenSSL then frees its tables, while event loops that still read them run.
    private static func end(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }

    private static func settings(of definition: ServiceDefinition) async -> ServiceConfig {
        let loader = ConfigLoader(keys: definition.allKeys)
        do {
            let request = try await loader.load(
                arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
            switch request {
            case .run(let config): return config
            case .check(let config, let places): print(try SettingsCheck(definition, config, places: places).text)
            case .help: print(ConfigHelp(program: definition.program, keys: definition.allKeys).text, terminator: "")
            case .version: print("\(definition.program) \(FirstlineVersion.current)")
            }
            exit(0)
        } catch {
            let text = (error as? ConfigError)?.description ?? "\(error)"
            LogSink.standardError.write("\(definition.program): \(text)\n")
            exit((error as? ConfigError)?.exitCode.rawValue ?? ConfigError.ExitCode.config.rawValue)
        }
    }

    private static func format(_ name: String) -> LogFormat {
        switch name {
        case "json": .json
        case "text": .text
        default: isatty(STDERR_FILENO) == 1 ? .text : .json
        }
    }
}
