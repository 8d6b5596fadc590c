import FirstlineTesting
@testable import ServiceKit
import Testing

@Suite("Settings")
struct ConfigTests {
    private static let definition = ServiceDefinition(
        name: "notification", migrations: [], peers: ["intake", "sla-timer"],
        keys: [
            ConfigKey("smtp-password", help: "Password at the mail server.", secret: true),
            ConfigKey("batch-size", .integer(1...100), default: "10", help: "Mails at once."),
            ConfigKey("pause", .duration, default: "30s", help: "Time between looks."),
        ]
    ) { _ in ServiceParts(handlers: []) }

    private func config(_ arguments: [String] = [], _ environment: [String: String] = [:]) async throws -> ServiceConfig
    {
        try await Self.definition.config(arguments: arguments, environment: environment)
    }

    private func failure(_ arguments: [String], _ environment: [String: String] = [:]) async -> ConfigError? {
        do {
            _ = try await config(arguments, environment)
            return nil
        } catch {
            return error as? ConfigError
        }
    }

    @Test("A key has three dresses")
    func dresses() {
        let key = ConfigKey("peer-sla-timer", .address, help: "")
        #expect(key.flag == "--peer-sla-timer")
        #expect(key.variable == "FIRSTLINE_PEER_SLA_TIMER")
        #expect(key.path == "peer.sla.timer")
    }

    @Test("Flags are stronger than the environment, that than the file, that than the default")
    func precedence() async throws {
        let folder = try TestFolder()
        let file = try folder.write("batch:\n  size: 20\npause: 5m\nlog.level: debug\n", to: "a.yaml")
        #expect(try await config().int("batch-size") == 10)
        #expect(try await config(["--config", file]).int("batch-size") == 20)
        #expect(try await config([], ["FIRSTLINE_CONFIG": file]).duration("pause") == .seconds(300))
        #expect(try await config(["--config=\(file)"]).string("log-level") == "debug")
        let environment = ["FIRSTLINE_BATCH_SIZE": "30", "FIRSTLINE_CONFIG": file]
        #expect(try await config([], environment).int("batch-size") == 30)
        #expect(try await config(["--batch-size", "40"], environment).int("batch-size") == 40)
    }

    @Test("A flag is true by its presence, in every dress")
    func flags() async throws {
        #expect(try await !config().bool("insecure-loopback"))
        #expect(try await config(["--insecure-loopback"]).bool("insecure-loopback"))
        #expect(try await !config(["--insecure-loopback", "false"]).bool("insecure-loopback"))
        #expect(try await config([], ["FIRSTLINE_INSECURE_LOOPBACK": "1"]).bool("insecure-loopback"))
    }

    @Test("A value may have commas and equals signs")
    func awkwardValues() async throws {
        #expect(try await config(["--smtp-password", "a,b=c"]).string("smtp-password") == "a,b=c")
        #expect(try await config(["--smtp-password=a,b=c"]).string("smtp-password") == "a,b=c")
    }

    @Test("A secret may stand in a file, whose last line break does not count")
    func secrets() async throws {
        let folder = try TestFolder()
        let file = try folder.write("geheim\n", to: "secret")
        #expect(try await config(["--smtp-password-file", file]).string("smtp-password") == "geheim")
        #expect(try await config([], ["FIRSTLINE_SMTP_PASSWORD_FILE": file]).string("smtp-password") == "geheim")
        #expect(await failure(["--smtp-password-file", "/nowhere"])?.exitCode == .noInput)
    }

    @Test(
        "An unknown or bad key stops the start with one clear line",
        arguments: [
            (["--bogus", "1"], "unknown option --bogus; --help lists the options"),
            (["bogus"], "unexpected argument bogus; --help lists the options"),
            (["--listen"], "--listen wants a value: HOST:PORT"),
            (["--listen", "here"], "--listen must be HOST:PORT"),
            (["--batch-size", "0"], "--batch-size must be a whole number between 1 and 100"),
            (
                ["--log-level", "loud"],
                "--log-level must be one of trace, debug, info, notice, warning, error, critical"
            ),
            (["--data", "a", "--data", "b"], "--data is given twice"),
            (["--pause", "soon"], "--pause must be a duration, as 500ms, 30s, 5m, 8h, 2d or PT30S"),
        ])
    func refusals(_ arguments: [String], _ message: String) async {
        #expect(await failure(arguments) == ConfigError(.usage, message))
    }

    @Test("The environment and the file are checked too, but settings of the other executables may stand there")
    func foreignSettings() async throws {
        #expect(await failure([], ["FIRSTLINE_BOGUS": "1"])?.exitCode == .config)
        #expect(
            await failure([], ["FIRSTLINE_BATCH_SIZE": "x"])?.description.hasPrefix("FIRSTLINE_BATCH_SIZE must") == true
        )
        #expect(await failure([], ["FIRSTLINE_HTTP_LISTEN": "x", "FIRSTLINE_INTAKE_SERVICE_HOST": "10.0.0.1"]) == nil)
        let folder = try TestFolder()
        let unknown = try folder.write("batch:\n  sise: 20\n", to: "a.yaml")
        #expect(await failure(["--config", unknown])?.description.contains("unknown key batch.sise") == true)
        let broken = try folder.write("batch: [\n", to: "b.yaml")
        let error = await failure(["--config", broken])
        #expect(error?.exitCode == .noInput && error?.description.contains("\n") == false)
    }

    @Test("The help lists every key with its default and its dresses")
    func help() {
        let text = ConfigHelp(program: "firstline-notification", keys: Self.definition.allKeys).text
        for key in Self.definition.allKeys {
            #expect(text.contains("  \(key.flag)") && text.contains(key.help) && text.contains(key.variable))
        }
        #expect(text.contains("(default: 127.0.0.1:7404)"))
        #expect(text.contains("--smtp-password-file"))
    }

    @Test("Addresses are host and port", arguments: ["127.0.0.1:0", "[::1]:7401", "intake:65535"])
    func addresses(_ text: String) {
        #expect(HostPort(text)?.description == text)
    }

    @Test(
        "What is no address is refused",
        arguments: ["", "host", "host:", ":1", "host:65536", "::1:80", "host:-1", "a b:1"])
    func refusedAddresses(_ text: String) {
        #expect(HostPort(text) == nil)
    }
}
