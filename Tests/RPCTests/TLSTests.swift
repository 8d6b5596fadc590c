import Model
import RPC
import Testing
import Wire

@Suite("Mutual TLS")
struct TLSTests {
    let certificates: Certificates

    init() throws {
        certificates = try Certificates()
    }

    @Test("Both sides prove themselves, and the handler knows the caller by its certificate")
    func mutual() async throws {
        let server = try certificates.issue("intake")
        let client = try certificates.issue("gateway")
        try await Loopback.with(serverTLS: server, clientTLS: client, expecting: "intake") { (loopback) async throws in
            #expect(try await loopback.client.call(EchoHandler.who) == "test.Echo/Who gateway - in time")
            let text = String(repeating: "t", count: 3_000_000)
            #expect(try await loopback.client.call(EchoHandler.say, text) == text)
            let received = Tally()
            try await loopback.client.serverStreaming(EchoHandler.count, Text("500 1000"), CallOptions()) { (_: Text) in
                received.add()
            }
            #expect(received.count == 500)
        }
    }

    @Test("Without an expected service the certificate must name the host")
    func host() async throws {
        let client = try certificates.issue("gateway")
        try await Loopback.with(serverTLS: try certificates.issue("intake"), clientTLS: client) {
            (loopback) async throws in
            #expect(try await loopback.client.call(EchoHandler.say, "hi") == "hi")
        }
        let elsewhere = try certificates.issue("intake", hosts: ["example.org"], addresses: ["192.0.2.1"])
        try await Loopback.with(serverTLS: elsewhere, clientTLS: client) { (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    @Test("A client refuses a server that is another service")
    func otherService() async throws {
        let server = try certificates.issue("routing")
        try await Loopback.with(serverTLS: server, clientTLS: try certificates.issue("gateway"), expecting: "intake") {
            (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    /// A client certificate that must be refused.
    enum Flaw: CaseIterable {
        case foreign
        case expired
        case notYetValid
    }

    @Test(
        "A client whose certificate is foreign, expired or not yet valid is refused; others go on",
        arguments: Flaw.allCases)
    func refusedClients(flaw: Flaw) async throws {
        let bad =
            switch flaw {
            case .foreign: try certificates.issue("gateway", signedBy: try CertificateAuthority())
            case .expired:
                try certificates.issue("gateway", validity: .init(notBeforeSeconds: -7_200, notAfterSeconds: -3_600))
            case .notYetValid:
                try certificates.issue("gateway", validity: .init(notBeforeSeconds: 3_600, notAfterSeconds: 7_200))
            }
        let good = try certificates.issue("gateway")
        try await Loopback.with(serverTLS: try certificates.issue("intake"), clientTLS: bad) {
            (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
            let address = ServerAddress(host: "127.0.0.1", port: loopback.server.port)
            let client = try RPCClient(address, tls: good, logger: Loopback.logger)
            #expect(try await client.call(EchoHandler.say, "fine") == "fine")
            client.close()
        }
    }

    @Test("A client refuses a server of a foreign authority")
    func foreignServer() async throws {
        let foreign = try certificates.issue("intake", signedBy: try CertificateAuthority())
        try await Loopback.with(serverTLS: foreign, clientTLS: try certificates.issue("gateway")) {
            (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    @Test("Plain bytes on a TLS port, and TLS on a plain one, fail and harm nobody")
    func mixed() async throws {
        let tls = try certificates.issue("intake")
        try await Loopback.with(serverTLS: tls) { (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
        try await Loopback.with(clientTLS: tls) { (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    @Test("Files that cannot be used stop the start, with their path")
    func badFiles() async throws {
        var configuration = try certificates.issue("intake")
        configuration.keyPath = certificates.folder + "/nothing.key"
        let error = await #expect(throws: TLSError.self) {
            _ = try await Loopback.serve(EchoHandler(), tls: configuration)
        }
        #expect(error?.description.contains("nothing.key") == true)
    }
}
