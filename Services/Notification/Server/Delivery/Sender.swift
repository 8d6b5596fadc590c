import Logging
import Model
import ServiceKit
import ServiceLifecycle
import Store
import Wire

/// Sends what is due, again and again until it went through or is given up. At least once, always under the same Message-ID.
struct Sender: Service {
    /// How many deliveries are under way at once.
    static let mostAtOnce = 8
    /// How many due deliveries one look takes.
    static let batch = 64
    /// The longest sleep between looks.
    static let longestSleep: Duration = .seconds(30)
    /// The pause while a service that must be asked is down.
    static let unreachablePauseMilliseconds: Int64 = 2_000

    let store: Store
    let clock: any WallClock
    let writer: MailWriter
    let transport: any MailTransport
    let logger: Logger
    let metrics: DeliveryMetrics
    private let alarm: Alarm
    private let chance: @Sendable () -> Double

    /// - Parameter chance: from 0 up to 1, random.
    init(
        store: Store, clock: any WallClock, writer: MailWriter, transport: any MailTransport, logger: Logger,
        metrics: DeliveryMetrics, chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        alarm = Alarm(clock: clock)
        self.chance = chance
        self.store = store
        self.clock = clock
        self.writer = writer
        self.transport = transport
        self.logger = logger
        self.metrics = metrics
    }

    /// Something new may be due.
    func wake() {
        alarm.ring()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    /// Sends until its task is cancelled.
    func loop() async {
        while !Task.isCancelled {
            do {
                if try await sendDue() == 0 { await sleep() }
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look at deliveries", metadata: ["error": "\(error)"])
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    /// Sends one batch of what is due; how many there were.
    func sendDue() async throws -> Int {
        let now = clock.nowMilliseconds
        let due = try await store.read { try DeliveryStore.due(at: now, limit: Self.batch, in: $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, planned) in due.enumerated() {
                if index >= Self.mostAtOnce { try await group.next() }
                group.addTask { try await TraceContext.resuming(planned.traceParent) { try await attempt(planned) } }
            }
            try await group.waitForAll()
        }
        return due.count
    }

    private func sleep() async {
        let next = try? await store.read { try DeliveryStore.nextDue(in: $0) }
        let pause = next.map { Duration.milliseconds(max($0 - clock.nowMilliseconds, 1)) } ?? Self.longestSleep
        await alarm.wait(atMost: min(pause, Self.longestSleep))
    }

    private func attempt(_ planned: PlannedDelivery) async throws {
        let outcome: MailWriter.Outcome
        do {
            outcome = try await writer.write(planned)
        } catch let error as RPCError {
            try await record(planned.delivery, failed: error)
            return
        }
        switch outcome {
        case .suppress(let code): try await settle(planned.delivery, .suppressed, code: code)
        case .write(var mail):
            mail.traceParent = planned.traceParent
            var delivery = planned.delivery
            delivery.recipient = mail.toAddress
            delivery.messageIDHeader = mail.messageID
            if try await admit(delivery) {
                try await transmit(mail, delivery)
            } else {
                try await settle(delivery, .suppressed, code: "rate_cap")
            }
        }
    }

    private func transmit(_ mail: OutgoingMail, _ delivery: Delivery) async throws {
        // Whoever leads by now sends it.
        guard store.isLeading else { throw StoreError.notLeading }
        do {
            try await transport.send(
                MailComposer.compose(mail), deliveryID: delivery.id, envelopeFrom: mail.envelopeFrom,
                recipient: mail.toAddress)
        } catch {
            logger.warning(
                "delivery did not go through",
                metadata: ["delivery.id": "\(delivery.id)", "error": "\(error.message)"])
            return try await record(delivery, error.message, isPermanent: error.isPermanent)
        }
        try await settle(delivery, .sent, code: "")
    }

    /// Whether the address may get one more. A mail let through is written down before it goes, so that those under way at the same
    /// time count each other.
    private func admit(_ delivery: Delivery) async throws -> Bool {
        guard let most = RateCap.most(delivery.kind) else { return true }
        return try await store.write("delivery.admit") { transaction in
            let since = transaction.nowMilliseconds - RateCap.windowMilliseconds
            guard try DeliveryStore.admitted(besides: delivery, since: since, in: transaction) < most else {
                return false
            }
            try DeliveryStore.update(delivery, in: transaction)
            return true
        }
    }

    /// What could not be asked: a service that is down is asked again soon, which counts as no attempt.
    private func record(_ delivery: Delivery, failed error: RPCError) async throws {
        switch error.code {
        case .notFound, .invalidArgument, .permissionDenied, .failedPrecondition:
            try await settle(delivery, .failed, code: error.message)
        default:
            // By the wall clock, which decides what is due; a transaction's clock never goes back with it.
            let next = clock.nowMilliseconds + Self.unreachablePauseMilliseconds
            try await store.write("delivery.postpone") { transaction in
                var delivery = delivery
                delivery.nextAttemptAtMilliseconds = next
                delivery.lastError = error.message
                try DeliveryStore.update(delivery, in: transaction)
            }
        }
    }

    /// What the other side did not take: tried again later, unless it never will.
    private func record(_ delivery: Delivery, _ message: String, isPermanent: Bool) async throws {
        let (chance, now, trace) = (chance(), clock.nowMilliseconds, TraceContext.header)
        let settled = try await store.write("delivery.retry") { transaction in
            var delivery = delivery
            delivery.attempts += 1
            delivery.lastError = message
            let next = RetrySchedule.next(
                attempts: delivery.attempts, createdAtMilliseconds: delivery.createdAtMilliseconds,
                nowMilliseconds: now, chance: chance)
            if let next, !isPermanent {
                delivery.nextAttemptAtMilliseconds = next
            } else {
                delivery.state = .failed
            }
            try DeliveryStore.update(delivery, in: transaction)
            try DeliveryPlanner.journal(delivery, cause: nil, traceParent: trace, in: transaction)
            return delivery
        }
        metrics.count(settled)
    }

    private func settle(_ delivery: Delivery, _ state: DeliveryState, code: String) async throws {
        let trace = TraceContext.header
        let settled = try await store.write("delivery.settle") { transaction in
            var delivery = delivery
            delivery.state = state
            delivery.lastError = code
            if state == .sent {
                delivery.attempts += 1
                delivery.sentAtMilliseconds = transaction.nowMilliseconds
            }
            try DeliveryStore.update(delivery, in: transaction)
            try DeliveryPlanner.journal(delivery, cause: nil, traceParent: trace, in: transaction)
            return delivery
        }
        metrics.count(settled)
    }
}
