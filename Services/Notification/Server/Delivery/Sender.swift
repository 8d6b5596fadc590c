import Logging
import Model
import ServiceKit
import ServiceLifecycle
import Store
import Wire

/// Sends what is due, again and again until it went through or is given up. At least once, always under the same Message-ID.
struct Sender: Service {
    /// How many deliveries are under way at once.
    static let mostAtOnce = 16
    /// With fewer under way it looks for more: not for each one, for a claim is a commit.
    static let fewUnderWay = 8
    /// The longest sleep between looks.
    static let longestSleep: Duration = .seconds(30)
    /// The pause while a service that must be asked is down, or the store.
    static let unreachablePauseMilliseconds: Int64 = 2_000
    /// The code of a mail that could not be made.
    private static let notWritten = "not_written"

    let store: Store
    let clock: any WallClock
    let writer: MailWriter
    let transport: any MailTransport
    let logger: Logger
    let metrics: DeliveryMetrics
    private let alarm: Alarm
    private let hand = Hand()
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

    /// Somebody wants what is due to go now, be the way out closed or not.
    func hurry() {
        transport.hurry()
        alarm.ring()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    /// Sends until its task is cancelled.
    func loop() async {
        while !Task.isCancelled {
            do {
                // Nothing is under way here, so what is in hand is an earlier life's.
                try await store.write("delivery.release") { try DeliveryStore.releaseAll(in: $0) }
                try await sendAll()
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look at deliveries", metadata: ["error": "\(error)"])
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    /// Keeps as many deliveries under way as may be, until cancelled or until the store cannot be used.
    private func sendAll() async throws {
        var failure: (any Error)?
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled && failure == nil {
                do {
                    let claimed = try await claim()
                    for planned in claimed {
                        group.addTask {
                            await TraceContext.resuming(planned.traceParent) { await settle(planned) }
                        }
                    }
                    if claimed.isEmpty { await sleep() }
                } catch {
                    // What is under way is let come to its end before the store is tried again.
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }

    /// Takes in hand what is due and has room; nothing while enough is under way.
    private func claim() async throws -> [PlannedDelivery] {
        try await release(hand.takeStranded())
        let (underWay, now) = (hand.count, clock.nowMilliseconds)
        guard underWay <= Self.fewUnderWay, hand.rest(at: now, atMost: Self.unreachablePauseMilliseconds) == 0,
            case .free(let room) = transport.room(underWay: underWay)
        else { return [] }
        guard try await store.read({ try DeliveryStore.isAnyDue(at: now, in: $0) }) else { return [] }
        let limit = min(room, Self.mostAtOnce - underWay)
        let claimed = try await store.write("delivery.claim") { transaction in
            try DeliveryStore.claim(at: now, limit: limit, in: transaction)
        }
        hand.take(claimed.count)
        return claimed
    }

    private func release(_ stranded: [Int64]) async throws {
        guard !stranded.isEmpty else { return }
        let next = clock.nowMilliseconds + Self.unreachablePauseMilliseconds
        try await store.write("delivery.release") { transaction in
            for id in stranded { try DeliveryStore.release(id, until: next, in: transaction) }
        }
    }

    private func sleep() async {
        var pause = Self.longestSleep
        let rest = hand.rest(at: clock.nowMilliseconds, atMost: Self.unreachablePauseMilliseconds)
        if rest > 0 {
            pause = .milliseconds(rest)
        } else if case .wait(let milliseconds) = transport.room(underWay: hand.count) {
            pause = .milliseconds(milliseconds)
        } else if hand.count <= Self.fewUnderWay {
            let next = try? await store.read { try DeliveryStore.nextDue(in: $0) }
            if let next { pause = .milliseconds(max(next - clock.nowMilliseconds, 1)) }
        }
        await alarm.wait(atMost: min(pause, Self.longestSleep))
    }

    /// Brings one delivery to a new state. One whose outcome could not be written down is released later.
    private func settle(_ planned: PlannedDelivery) async {
        var isStranded = false
        do {
            try await attempt(planned)
        } catch {
            isStranded = true
            if !Task.isCancelled {
                logger.error(
                    "cannot write down what came of a delivery",
                    metadata: ["delivery.id": "\(planned.delivery.id)", "error": "\(error)"])
            }
        }
        hand.drop(stranded: isStranded ? planned.delivery.id : nil)
        alarm.ring()
    }

    private func attempt(_ planned: PlannedDelivery) async throws {
        let outcome: MailWriter.Outcome
        do {
            outcome = try await writer.write(planned)
        } catch let error as RPCError {
            return try await record(planned.delivery, failed: error)
        } catch {
            // Only what this service lost, its store or its time, is no fault of the mail.
            if error is StoreError || error is CancellationError { throw error }
            return try await record(
                planned.delivery, TransportFailure(isPermanent: false, message: "\(error)", code: Self.notWritten))
        }
        switch outcome {
        case .suppress(let code): try await settle(planned.delivery, .suppressed, code: code)
        case .write(var mail):
            mail.traceParent = planned.traceParent
            var delivery = planned.delivery
            delivery.recipient = mail.toAddress
            delivery.messageIDHeader = mail.messageID
            delivery.requesterID = mail.requesterID
            if let dead = try await suppression(of: delivery.recipient) {
                try await settle(
                    delivery, .suppressed, code: "address_suppressed", message: "address_suppressed: \(dead.status)")
            } else if try await admit(delivery) {
                try await transmit(mail, delivery)
            } else {
                try await settle(delivery, .suppressed, code: "rate_cap")
            }
        }
    }

    private func transmit(_ mail: OutgoingMail, _ delivery: Delivery) async throws {
        // Whoever leads by now sends it.
        guard store.isLeading else { throw StoreError.notLeading }
        var delivery = delivery
        do {
            delivery.relay = try await transport.send(
                MailComposer.compose(mail), deliveryID: delivery.id, envelopeFrom: mail.envelopeFrom,
                recipient: mail.toAddress)
        } catch {
            logger.warning(
                "delivery did not go through",
                metadata: ["delivery.id": "\(delivery.id)", "code": "\(error.code)"])
            return try await record(delivery, error)
        }
        try await settle(delivery, .sent, code: "")
    }

    private func suppression(of address: String) async throws -> Suppression? {
        try await store.read { try SuppressionStore.find(address: address, in: $0) }
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

    /// What could not be asked: a service that is down is asked again soon, which counts as no attempt. Any other failure is this delivery's
    /// own, the end of its time too (to connect takes less), and holds nobody else up. A refusal of our rights is no word on the mail: somebody
    /// can mend a certificate.
    private func record(_ delivery: Delivery, failed error: RPCError) async throws {
        switch error.code {
        case .notFound, .invalidArgument, .failedPrecondition:
            try await settle(delivery, .failed, code: "not_found", message: error.message)
        case .unavailable, .cancelled:
            // By the wall clock, which decides what is due; a transaction's clock never goes back with it.
            let next = clock.nowMilliseconds + Self.unreachablePauseMilliseconds
            hand.rest(until: next)
            try await store.write("delivery.postpone") { transaction in
                if try Settlement.takeEarlyBounce(delivery.id, in: transaction) { return }
                var delivery = delivery
                delivery.state = delivery.attempts == 0 ? .queued : .deferred
                delivery.nextAttemptAtMilliseconds = next
                delivery.lastError = error.message
                try DeliveryStore.update(delivery, in: transaction)
            }
        default:
            try await record(
                delivery, TransportFailure(isPermanent: false, message: error.message, code: Self.notWritten))
        }
    }

    /// What the other side did not take: tried again later, unless it never will.
    private func record(_ delivery: Delivery, _ failure: TransportFailure) async throws {
        let (chance, now, trace) = (chance(), clock.nowMilliseconds, TraceContext.header)
        let settled = try await store.write("delivery.retry") { transaction in
            var delivery = delivery
            delivery.attempts += 1
            delivery.lastError = failure.message
            let next = RetrySchedule.next(
                attempts: delivery.attempts, createdAtMilliseconds: delivery.createdAtMilliseconds,
                nowMilliseconds: now, chance: chance)
            if let next, !failure.isPermanent {
                delivery.state = .deferred
                delivery.nextAttemptAtMilliseconds = next
            } else {
                delivery.state = .failed
            }
            return try Settlement.end(delivery, code: failure.code, traceParent: trace, in: transaction)
        }
        metrics.count(settled)
    }

    /// - Parameter message: for the operator; the code unless something else is said.
    private func settle(
        _ delivery: Delivery, _ state: DeliveryState, code: String, message: String? = nil
    ) async throws {
        let trace = TraceContext.header
        let settled = try await store.write("delivery.settle") { transaction in
            var delivery = delivery
            delivery.state = state
            delivery.lastError = message ?? code
            if state == .sent {
                delivery.attempts += 1
                delivery.sentAtMilliseconds = transaction.nowMilliseconds
            }
            return try Settlement.end(delivery, code: code, traceParent: trace, in: transaction)
        }
        metrics.count(settled)
    }
}
