import Testing
import Wire

@testable import RPC

@Suite("Certificates that change while they are in use")
struct TLSReloadTests {
    let certificates: Certificates

    init() throws {
        certificates = try Certificates()
    }

    @Test("A connection that begins later gets the new certificate; the one that stands goes on")
    func newCertificate() async throws {
        let files = try issue("intake")
        try await Loopback.with(serverTLS: files, clientTLS: try issue("gateway"), expecting: "intake") {
            (loopback) async throws in
            #expect(try await loopback.client.call(EchoHandler.say, "old") == "old")
            try overwrite(files, with: try certificates.issue("routing"))
            #expect(try await loopback.client.call(EchoHandler.say, "same") == "same")
            let address = ServerAddress(host: "127.0.0.1", port: loopback.server.port, service: "routing")
            let client = try RPCClient(address, tls: try issue("gateway"), logger: Loopback.logger)
            #expect(try await client.call(EchoHandler.say, "new") == "new")
            client.close()
        }
    }

    /// What is wrong with a changed set of files.
    enum Flaw: CaseIterable {
        case keyOfAnother
        case halfCertificate
        case halfAuthority
        case noKey
        case expired
    }

    @Test("A bad set is not taken, the log names its file once, and a mended one is taken", arguments: Flaw.allCases)
    func badSet(flaw: Flaw) throws {
        let log = LogRecorder()
        let files = try issue("intake")
        let source = try TLSContextSource(files, side: .server, logger: log.logger)
        let first = source.current()
        let next = try certificates.issue("intake")
        let good = try PEMFile.read(files.caPath)
        let culprit: String
        switch flaw {
        case .keyOfAnother:
            try PEMFile.write(try PEMFile.read(next.keyPath), to: files.keyPath, mode: 0o600)
            culprit = files.keyPath
        case .halfCertificate:
            try PEMFile.write(half(next.certificatePath), to: files.certificatePath, mode: 0o644)
            culprit = files.certificatePath
        case .halfAuthority:
            try PEMFile.write(good + half(files.caPath), to: files.caPath, mode: 0o644)
            culprit = files.caPath
        case .noKey:
            try PEMFile.write("", to: files.keyPath, mode: 0o600)
            culprit = files.keyPath
        case .expired:
            let old = try certificates.issue("intake", validity: .init(notBeforeSeconds: -7_200, notAfterSeconds: -60))
            try overwrite(files, with: old)
            culprit = files.certificatePath
        }
        #expect(source.current() === first)
        #expect(source.current() === first)
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.hasPrefix("error changed certificates cannot be used") == true)
        #expect(log.lines.first?.contains(culprit) == true)
        try PEMFile.write(good, to: files.caPath, mode: 0o644)
        try overwrite(files, with: next)
        #expect(source.current() !== first)
        #expect(log.lines.count == 2)
    }

    @Test("The files are looked at once in an interval, and an unchanged set is kept")
    func interval() throws {
        var files = try issue("intake")
        files.lookInterval = .seconds(1)
        let start = ContinuousClock.now
        let source = try TLSContextSource(files, side: .server, logger: Loopback.logger, now: start)
        let first = source.current(at: start)
        #expect(source.current(at: start + .seconds(5)) === first)
        try overwrite(files, with: try certificates.issue("intake"))
        #expect(source.current(at: start + .milliseconds(5_900)) === first)
        #expect(source.current(at: start + .seconds(6)) !== first)
    }

    @Test("An authority is replaced under load without a failed call, and the old one is refused from then on")
    func authority() async throws {
        var limits = RPCLimits()
        limits.connectionAge = .milliseconds(30)
        let server = try issue("intake")
        let client = try issue("gateway")
        let stranger = try issue("warehouse")
        let old = try PEMFile.read(server.caPath)
        let successor = try CertificateAuthority()
        try await Loopback.with(server: limits, serverTLS: server, clientTLS: client, expecting: "intake") {
            (loopback) async throws in
            let failures = Notes()
            let calls = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        while !Task.isCancelled {
                            do {
                                _ = try await loopback.client.call(EchoHandler.sayLater, "\(caller)")
                            } catch  where Task.isCancelled {
                                return
                            } catch {
                                failures.add("\(error)")
                            }
                            calls.add()
                        }
                    }
                }
                // Each step lasts until connections of several ages have gone by.
                func settle() async throws {
                    let began = ContinuousClock.now
                    while ContinuousClock.now - began < .milliseconds(200) { await calls.wait(for: calls.count + 1) }
                }
                try await settle()
                try PEMFile.write(old + successor.certificatePEM, to: server.caPath, mode: 0o644)
                try await settle()
                try overwrite(server, with: try certificates.issue("intake", signedBy: successor))
                try await settle()
                try overwrite(client, with: try certificates.issue("gateway", signedBy: successor))
                try await settle()
                try PEMFile.write(successor.certificatePEM, to: server.caPath, mode: 0o644)
                try await settle()
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(failures.all == [])
            let address = ServerAddress(host: "127.0.0.1", port: loopback.server.port, service: "intake")
            let refused = try RPCClient(address, tls: stranger, logger: Loopback.logger)
            #expect(await failure { try await refused.call(EchoHandler.say) }?.code == .unavailable)
            refused.close()
        }
    }

    /// Files of a certificate that are looked at for each connection.
    private func issue(_ service: String) throws -> TLSConfiguration {
        var files = try certificates.issue(service)
        files.lookInterval = .zero
        return files
    }

    private func overwrite(_ files: TLSConfiguration, with next: TLSConfiguration) throws {
        try PEMFile.write(try PEMFile.read(next.keyPath), to: files.keyPath, mode: 0o600)
        try PEMFile.write(try PEMFile.read(next.certificatePath), to: files.certificatePath, mode: 0o644)
    }

    private func half(_ path: String) throws -> String {
        let text = try PEMFile.read(path)
        return String(text.prefix(text.count / 2))
    }
}
