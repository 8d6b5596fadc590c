import IntakeServer
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@Suite("LMTP server") struct LMTPServerTests {
    private let conversation =
        "LHLO mx\r\nMAIL FROM:<x@example.com>\r\nRCPT TO:<a@desk.example>\r\nRCPT TO:<b@desk.example>\r\nDATA\r\nhello\r\n.\r\nQUIT\r\n"

    @Test(
        "A mail over TCP is delivered for each recipient before its 250, and shutdown ends the server",
        .timeLimit(.minutes(1)))
    func deliver() async throws {
        let server = try await LMTPServer.bind(.init(port: 0), logger: Logger(label: "test")) {
            envelope, recipient, raw in
            #expect(envelope.from == "x@example.com" && raw == Array("hello\r\n".utf8))
            return recipient.hasPrefix("a") ? .stored(ticketID: 3, messageID: 4) : .temporary()
        }
        let text = try await running(server) { try await talk(to: server, conversation) }
        #expect(text.contains("\r\n250 2.1.5 Stored as ticket 3 message 4\r\n451 4.3.0 Cannot store now\r\n221"))
    }

    @Test("A connection beyond the limit is told 421", .timeLimit(.minutes(1)))
    func full() async throws {
        var configuration = LMTPServer.Configuration(port: 0)
        configuration.maxConnections = 0
        let server = try await LMTPServer.bind(configuration, logger: Logger(label: "test")) { _, _, _ in .temporary() }
        let text = try await running(server) { try await talk(to: server, "") }
        #expect(text.hasPrefix("421 4.3.2"))
    }

    @Test("A silent connection is closed", .timeLimit(.minutes(1)))
    func idle() async throws {
        var configuration = LMTPServer.Configuration(port: 0)
        configuration.idleTimeout = .milliseconds(300)
        let server = try await LMTPServer.bind(configuration, logger: Logger(label: "test")) { _, _, _ in .temporary() }
        // That it ends at all is the point: on a busy machine the close may come before the greeting, or before the client has spoken.
        let text = try await running(server) { (try? await talk(to: server, "LHLO x\r\n")) ?? "" }
        #expect(text.isEmpty || text.hasPrefix("220 "))
    }

    @Test("Connections that come while the server stops do it no harm", .timeLimit(.minutes(1)))
    func comingWhileStopping() async throws {
        for _ in 0..<20 {
            let server = try await LMTPServer.bind(.init(port: 0), logger: Logger(label: "test")) { _, _, _ in
                .temporary()
            }
            // The kernel takes them before anybody serves.
            var clients: [any Channel] = []
            for _ in 0..<5 {
                clients.append(
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(to: server.localAddress).get())
            }
            try await running(server) {}
            for client in clients { try? await client.close() }
        }
    }

    @Test("A client that says nothing while the server stops is told 421", .timeLimit(.minutes(1)))
    func stopping() async throws {
        let server = try await LMTPServer.bind(.init(port: 0), logger: Logger(label: "test")) { _, _, _ in
            .temporary()
        }
        let services = ServiceGroup(services: [server], logger: Logger(label: "test"))
        let text = try await running(server, in: services) {
            try await talk(to: server, "LHLO mx\r\n") { answer in
                if answer.contains("\r\n250 ") { await services.triggerGracefulShutdown() }
            }
        }
        #expect(text.hasSuffix("\r\n421 4.3.2 Closing\r\n"))
    }

    /// Runs the server while `body` runs, then shuts it down gracefully.
    private func running<R: Sendable>(
        _ server: LMTPServer, in services: ServiceGroup? = nil, _ body: @Sendable () async throws -> R
    ) async throws -> R {
        let services = services ?? ServiceGroup(services: [server], logger: Logger(label: "test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let result = try await body()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return result
        }
    }

    /// Sends all at once and reads until the server closes.
    /// - Parameter heard: is told all that was answered so far.
    private func talk(
        to server: LMTPServer, _ text: String, heard: @Sendable (String) async -> Void = { _ in }
    ) async throws -> String {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: server.localAddress) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var answer = ""
            for try await buffer in inbound {
                answer += String(buffer: buffer)
                await heard(answer)
            }
            return answer
        }
    }
}
