import FirstlineTesting
import Logging
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import NotificationServer

@Suite("Mails that cannot be written")
struct SenderTests {
    /// A peer that answers whatever it is asked with the same failure.
    private struct Refusing: CallChannel {
        let failure: RPCError

        func unary(
            _ method: String, _ request: some WireMessage, _ options: CallOptions,
            _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
        ) async throws {
            throw failure
        }

        func serverStreaming(
            _ method: String, _ request: some WireMessage, _ options: CallOptions,
            _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
            _ receive: @Sendable () async throws -> Void
        ) async throws {
            throw failure
        }
    }

    private struct Nowhere: MailTransport {
        func send(
            _ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String
        ) async throws(TransportFailure) -> String {
            throw TransportFailure(isPermanent: true, message: "nothing is to get here")
        }
    }

    /// What becomes of a delivery of that age when Intake answers so, once the journal tells.
    private func settled(_ code: StatusCode, age: Duration = .zero) async throws -> (Delivery, now: Int64) {
        let (folder, clock) = (try TestFolder(), TestClock())
        let store = try Store.notification(in: folder, clock: clock)
        try await store.write("test") { transaction in
            let planned = PlannedDelivery(
                delivery: Delivery(kind: .reply, ticketID: 7, messageID: 5), cause: "intake:1:1", userID: 0, detail: "")
            _ = try DeliveryStore.add(planned, in: transaction)
        }
        clock.advance(by: age)
        let channel = Refusing(failure: RPCError(code, "the message has 4886355 bytes, 4194304 are taken"))
        let writer = MailWriter(store: store, intake: IntakeClient(channel), gateway: GatewayClient(channel))
        let sender = Sender(
            store: store, clock: clock, writer: writer, transport: Nowhere(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: DeliveryMetrics(MetricsRegistry()), chance: { 0 })
        let loop = Task { await sender.loop() }
        await store.waitForHead(after: 0, timeout: .seconds(20))
        loop.cancel()
        await loop.value
        let delivery = try #require(try await store.read { try DeliveryStore.find(1, in: $0) }).delivery
        await store.close()
        return (delivery, clock.nowMilliseconds)
    }

    @Test(
        "An answer that fails is an attempt, after which the pauses of retries hold",
        arguments: [StatusCode.resourceExhausted, .internalError, .deadlineExceeded, .unknown, .dataLoss])
    func attempt(code: StatusCode) async throws {
        let (delivery, now) = try await settled(code)
        #expect(delivery.state == .deferred && delivery.attempts == 1)
        #expect(delivery.nextAttemptAtMilliseconds == now + RetrySchedule.firstPauseMilliseconds)
        #expect(delivery.lastError == "the message has 4886355 bytes, 4194304 are taken")
    }

    @Test("What no answer was had for is given up after as long as any mail")
    func givenUp() async throws {
        let age = Duration.milliseconds(RetrySchedule.patienceMilliseconds)
        let (delivery, _) = try await settled(.resourceExhausted, age: age)
        #expect(delivery.state == .failed && delivery.attempts == 1)
    }
}
