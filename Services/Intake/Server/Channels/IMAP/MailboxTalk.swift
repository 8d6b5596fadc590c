import Logging
import Model
import ServiceKit
import Store

/// Drives a session: does in the store what it asks for, and tells it what came of that.
struct MailboxTalk {
    private let poller: MailboxPoller
    private var session: IMAPSession
    private var life: FolderLife?
    /// The mail of which it is written down that it is tried, and not yet what came of that.
    private(set) var tried: FetchedMail?
    /// When it was last written down that a look came to its end.
    private var recordedAtMilliseconds: Int64 = 0

    init(_ poller: MailboxPoller, sparing spared: Set<UInt32>) {
        self.poller = poller
        session = IMAPSession(poller.mailbox.source, sparing: spared)
    }

    var patience: Duration { session.patience }
    private var mailbox: FetchedMailbox { poller.mailbox }
    private var store: Store { poller.acceptance.store }

    mutating func begin() async throws -> [IMAPSession.Action] { session.handle(.opened) }

    /// - Parameter bytes: empty when nothing came for as long as `patience`.
    mutating func hear(_ bytes: [UInt8]) -> [IMAPSession.Action] {
        session.handle(bytes.isEmpty ? .waited : .received(bytes))
    }

    /// Does anything but sending; what the session wants next.
    mutating func perform(_ action: IMAPSession.Action) async throws -> [IMAPSession.Action] {
        let revision = mailbox.revision
        switch action {
        case .send: preconditionFailure("sending is the connection's")
        case .finish(let fault): throw fault
        case .enter(let uidValidity):
            let life = FolderLife(mailboxID: mailbox.id, epoch: mailbox.epoch, uidValidity: uidValidity)
            self.life = life
            return session.handle(
                .entered(
                    try await store.write("open folder") {
                        try $0.enterFolder(life, revision: revision)
                    }))
        case .attempt(let uid):
            let mail = fetched(uid)
            let failures = try await store.write("try mail") { try $0.attempt(mail) }
            tried = mail
            return session.handle(.allowed(failures: failures))
        case .file(let uid, let got):
            let isStored = try await file(got, uid: uid)
            tried = nil
            return session.handle(.filed(isStored: isStored))
        case .note(let uid, let reason):
            try await note(fetched(uid), IMAPFault(.protocolError, reason).message)
            tried = nil
            return session.handle(.filed(isStored: false))
        case .forget(let uids):
            let life = present
            try await store.write("forget mails") { try $0.forgetMails(uids, of: life, revision: revision) }
            tried = nil
            return session.handle(.noted)
        case .copied(let uids):
            let life = present
            try await store.write("copied mails") { try $0.markCopied(uids, of: life) }
            return session.handle(.noted)
        case .settled(let uids):
            let life = present
            try await store.write("settle mails") { try $0.settleMails(uids, of: life) }
            return session.handle(.noted)
        case .looked:
            try await looked()
            return session.handle(.noted)
        case .report(let fault):
            await poller.record(fault, fault)
            recordedAtMilliseconds = 0
            return session.handle(.noted)
        }
    }

    /// The conversation is over; of a mail under way it is written down whether it failed. A fault of the server is noted, a stop, other
    /// settings or a fault of our own store count for nothing.
    func ended(_ error: any Error) async {
        guard let tried else { return }
        do {
            if !Task.isCancelled, let fault = error as? IMAPFault { return try await note(tried, fault.message) }
        } catch {
            poller.logger.warning(
                "a failed mail was not noted", metadata: ["mailbox.id": "\(mailbox.id)", "error": "\(error)"])
        }
        // Where even that cannot be written (another instance leads by now, the disk is full), the try counts as one that ended the process.
        _ = try? await store.write("withdraw try") { try $0.withdrawAttempt(tried) }
    }

    private var present: FolderLife {
        guard let life else { preconditionFailure("the session acts only in an open folder") }
        return life
    }

    private func fetched(_ uid: UInt32) -> FetchedMail {
        FetchedMail(life: present, uid: uid, revision: mailbox.revision, isDue: false)
    }

    /// Whether the mail is stored. One that fails of itself is noted; a fault of ours ends the conversation.
    private func file(_ got: IMAPMail, uid: UInt32) async throws -> Bool {
        do {
            let outcome = try await TraceContext.beginning { _ in
                try await poller.acceptance.file(got, of: mailbox, life: present, uid: uid)
            }
            poller.metrics.count(outcome)
            poller.logger.info(
                "mail fetched",
                metadata: [
                    "mailbox.id": "\(mailbox.id)", "ticket.id": "\(outcome.ticketID)",
                    "message.id": "\(outcome.messageID)", "repeated": "\(outcome.isRepeated)",
                ])
            if case .short(let bytes, _) = got {
                poller.logger.warning(
                    "a mail has fewer bytes than its server says, and stays there",
                    metadata: ["mailbox.id": "\(mailbox.id)", "mail.uid": "\(uid)", "bytes": "\(bytes.count)"])
            }
            return true
        } catch let error where error.isOfOneMail {
            poller.logger.error(
                "a fetched mail was not stored", metadata: ["mailbox.id": "\(mailbox.id)", "error": "\(error)"])
            try await note(fetched(uid), "it cannot be stored")
            return false
        }
    }

    private func note(_ mail: FetchedMail, _ reason: String) async throws {
        poller.metrics.mails.increment(["failed"])
        poller.logger.warning(
            "a mail failed and is tried again",
            metadata: ["mailbox.id": "\(mailbox.id)", "mail.uid": "\(mail.uid)", "reason": "\(reason)"])
        try await store.write("note failed mail") { try $0.noteFailure(mail, reason: reason) }
    }

    /// A look came to its end: shown at once when the mailbox failed before, and now and then otherwise.
    private mutating func looked() async throws {
        guard !session.refusesToSettle else { return }
        poller.metrics.failing.set(0, ["\(mailbox.id)"])
        let now = poller.clock.nowMilliseconds
        guard now - recordedAtMilliseconds >= IMAPLimits.stateIntervalMilliseconds else { return }
        recordedAtMilliseconds = now
        let (id, revision) = (mailbox.id, mailbox.revision)
        try await store.write("imap look") {
            try $0.recordFetching(id, revision: revision, phase: .working, fault: nil, hasLooked: true)
        }
    }
}

extension Error {
    /// Whether the failure is that of one mail, and not of the store or of this process's end.
    fileprivate var isOfOneMail: Bool {
        guard let error = self as? StoreError else { return !(self is CancellationError || self is SupersededSettings) }
        return switch error {
        case .constraint, .missingColumn, .wrongType, .wrongParameters, .database: true
        default: false
        }
    }
}
