import FirstlineTesting
import Glibc
import Model
import NIOCore
import NIOPosix
import ServiceKit
import Subprocess
import SystemPackage
import Testing

/// The executable as an operator meets it.
@Suite("A service's process")
struct ProcessTests {
    /// Any of the services does; they share what is tested here.
    private var program: Executable {
        let tests = try? SymbolicLink.target(of: "/proc/self/exe")
        let folder = (tests ?? "").split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        return .path(FilePath(folder + "/firstline-intake"))
    }

    private func run(_ arguments: [String]) async throws -> (status: TerminationStatus, output: String, error: String) {
        let result = try await Subprocess.run(
            program, arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    private static let listeners = ["listen", "admin-listen", "lmtp-listen"]

    /// - Parameter addresses: where listeners listen that do not take a free port.
    private func arguments(_ folder: TestFolder, _ addresses: [String: HostPort] = [:]) -> [String] {
        let free = HostPort(host: "127.0.0.1", port: 0)
        return [
            "--data", folder.path + "/intake", "--insecure-loopback", "--log-format", "json", "--peer-routing",
            "\(FreePort.nobody)", "--peer-sla-timer", "\(FreePort.nobody)", "--peer-gateway", "\(FreePort.nobody)",
        ] + Self.listeners.flatMap { ["--\($0)", "\(addresses[$0] ?? free)"] }
    }

    @Test("--help and --version answer on standard output")
    func help() async throws {
        let help = try await run(["--help"])
        #expect(help.status == .exited(0) && help.output.contains("--listen HOST:PORT") && help.error.isEmpty)
        let version = try await run(["--version"])
        #expect(version.status == .exited(0) && version.output == "firstline-intake \(FirstlineVersion.current)\n")
    }

    @Test("A wrong option ends it with one line and EX_USAGE")
    func usage() async throws {
        let result = try await run(["--bogus"])
        #expect(result.status == .exited(64))
        #expect(result.error == "firstline-intake: unknown option --bogus; --help lists the options\n")
    }

    @Test(
        "SIGTERM drains it: it exits 0, leaves no endpoints behind and logs JSON",
        arguments: [Subprocess.Signal.terminate, .interrupt])
    func stop(_ signal: Subprocess.Signal) async throws {
        let folder = try TestFolder()
        let result = try await Subprocess.run(
            program, arguments: Arguments(arguments(folder)), input: .none, output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        ) { execution in
            while folder.read("intake/endpoints.json") == nil { try await Task.sleep(for: .milliseconds(5)) }
            // The same folder is refused to a second one.
            let second = try await run(arguments(folder))
            #expect(second.status == .exited(75) && second.error.contains("is in use by another process"))
            try execution.send(signal: signal)
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(folder.read("intake/endpoints.json") == nil)
        #expect(result.standardOutput == "")
        let lines = result.standardError.split(separator: "\n")
        #expect(lines.count >= 2 && lines.allSatisfy { $0.hasPrefix(#"{"ts":""#) && $0.hasSuffix("}") })
        #expect(lines.last?.contains("service stopped") == true)
    }

    @Test(
        "An address that is taken is named, with its option, and ends it with EX_UNAVAILABLE",
        arguments: listeners)
    func taken(_ key: String) async throws {
        let folder = try TestFolder()
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = HostPort(host: "127.0.0.1", port: try #require(taken.localAddress?.port))
        let result = try await run(arguments(folder, [key: address]))
        try await taken.close()
        #expect(result.status == .exited(69))
        #expect(result.error.contains("cannot listen at \(address) (--\(key)): Address already in use"))
    }

    @Test("Supervised, it stops when standard input ends")
    func supervised() async throws {
        let folder = try TestFolder()
        let result = try await Subprocess.run(
            program, arguments: Arguments(arguments(folder) + ["--supervised"]), input: .inputWriter,
            output: .discarded,
            error: .string(limit: 1 << 20)
        ) { execution in
            while folder.read("intake/endpoints.json") == nil { try await Task.sleep(for: .milliseconds(5)) }
            try await execution.standardInputWriter.finish()
        }
        #expect(result.terminationStatus == .exited(0))
    }
}

/// Where a symbolic link leads.
private enum SymbolicLink {
    static func target(of path: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let length = readlink(path, &buffer, buffer.count - 1)
        guard length > 0 else { throw Errno(rawValue: errno) }
        return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
