import Logging
import ServiceKit
import ServiceLifecycle
import Store

/// Fetches every mailbox that is set to be, each by itself, and begins anew with one whose settings change. Runs only where the service leads.
struct MailboxPolling: Service {
    let acceptance: MailAcceptance
    let files: IMAPFiles
    let clock: any WallClock
    let metrics: IMAPMetrics
    let logger: Logger
    private let alarm: Alarm

    /// The longest time until a change is noticed of which nobody told.
    private static let interval: Duration = .seconds(30)

    init(
        acceptance: MailAcceptance, files: IMAPFiles, clock: any WallClock, metrics: IMAPMetrics, logger: Logger
    ) {
        self.acceptance = acceptance
        self.files = files
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        alarm = Alarm(clock: clock)
    }

    /// A mailbox's settings have changed.
    func wake() { alarm.ring() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                var running: [Int64: Poll] = [:]
                while !Task.isCancelled {
                    if let mailboxes = await mailboxes() { adjust(&running, to: mailboxes, in: &group) }
                    await alarm.wait(atMost: Self.interval)
                }
                group.cancelAll()
            }
        }
    }

    /// A poller under way; `stop` ends it.
    private struct Poll {
        var revision: Int64
        var stop: AsyncStream<Never>.Continuation
    }

    /// Nil when they cannot be read now.
    private func mailboxes() async -> [FetchedMailbox]? {
        do {
            return try await acceptance.store.read { try $0.fetchedMailboxes() }
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot read which mailboxes to fetch", metadata: ["error": "\(error)"])
            }
            return nil
        }
    }

    private func adjust(
        _ running: inout [Int64: Poll], to mailboxes: [FetchedMailbox], in group: inout DiscardingTaskGroup
    ) {
        let wanted = Dictionary(uniqueKeysWithValues: mailboxes.map { ($0.id, $0) })
        for (id, poll) in running where wanted[id]?.revision != poll.revision {
            poll.stop.finish()
            running[id] = nil
            metrics.failing.set(0, ["\(id)"])
        }
        for mailbox in mailboxes where running[mailbox.id] == nil {
            let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
            running[mailbox.id] = Poll(revision: mailbox.revision, stop: stop)
            let poller = MailboxPoller(
                mailbox: mailbox, acceptance: acceptance, files: files, clock: clock, metrics: metrics, logger: logger,
                chance: { .random(in: 0..<1) })
            group.addTask {
                await withTaskGroup(of: Void.self) { poll in
                    poll.addTask { await poller.run() }
                    poll.addTask { for await _ in stopped {} }
                    await poll.next()
                    poll.cancelAll()
                }
            }
        }
    }
}
