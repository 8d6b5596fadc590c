import Logging
import Model
import ServiceKit
import Store

/// Fetches one mailbox, for as long as its settings stand: connects, converses, and after a fault tries again with growing pauses.
struct MailboxPoller: Sendable {
    let mailbox: FetchedMailbox
    let acceptance: MailAcceptance
    let files: IMAPFiles
    let clock: any WallClock
    let metrics: IMAPMetrics
    let logger: Logger
    /// From 0 up to 1, random.
    let chance: @Sendable () -> Double

    private var store: Store { acceptance.store }

    /// Returns once the task is cancelled or the settings have changed.
    func run() async {
        var failures = 0
        var spared: Set<UInt32> = []
        while !Task.isCancelled {
            do {
                try await converse(sparing: &spared) { failures = 0 }
            } catch is CancellationError {
                return
            } catch is SupersededSettings {
                return
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                await record(error as? IMAPFault ?? IMAPFault(.storeUnavailable, "mail cannot be stored now"), error)
                let pause = PollPause.milliseconds(failures: failures, chance: chance())
                try? await clock.sleep(for: .milliseconds(pause))
            }
        }
    }

    /// One connection, until it fails.
    /// - Parameter spared: mails that ended a connection since the last whole look. They are not tried again before the next one, for there
    ///   are servers that end the connection over a mail that they cannot read, and the others must have their turn.
    private func converse(sparing spared: inout Set<UInt32>, looked: () -> Void) async throws {
        let connection = try IMAPConnection()
        try await connection.open(try IMAPAccount(mailbox.source, files: files))
        var talk = MailboxTalk(self, sparing: spared)
        do {
            var actions = try await talk.begin()
            while true {
                // Whoever leads by now does it.
                guard store.isLeading else { throw StoreError.notLeading }
                if actions.isEmpty {
                    actions = try await talk.hear(connection.receive(within: talk.patience))
                    continue
                }
                let action = actions.removeFirst()
                if action == .looked {
                    looked()
                    spared = []
                }
                if case .send(let text) = action {
                    try await connection.send(text)
                } else {
                    actions += try await talk.perform(action)
                }
            }
        } catch {
            if let mail = talk.tried { spared.insert(mail.uid) }
            await talk.ended(error)
            throw error
        }
    }

    /// A fault is shown, counted and logged.
    func record(_ fault: IMAPFault, _ cause: any Error) async {
        metrics.faults.increment([fault.code.rawValue])
        metrics.failing.set(1, ["\(mailbox.id)"])
        logger.warning(
            "a mailbox cannot be fetched",
            metadata: ["mailbox.id": "\(mailbox.id)", "code": "\(fault.code.rawValue)", "error": "\(cause)"])
        let (id, revision) = (mailbox.id, mailbox.revision)
        do {
            try await store.write("imap fault") {
                try $0.recordFetching(id, revision: revision, phase: .failing, fault: fault, hasLooked: false)
            }
        } catch {
            logger.warning(
                "the state of a mailbox was not written down",
                metadata: ["mailbox.id": "\(mailbox.id)", "error": "\(error)"])
        }
    }
}
