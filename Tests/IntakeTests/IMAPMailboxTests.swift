import FirstlineTesting
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Mailboxes fetched by IMAP") struct IMAPMailboxTests {
    private static let source = IMAPSource(
        host: "Mail.Example", user: "support", secret: "s3cret", after: .move, moveTo: "Done")

    @Test("A mailbox tells where it is fetched and how that goes, and never its secret")
    func settings() async throws {
        try await Desk.open { desk in
            let created = try await desk.api.createMailbox(
                Mailbox(name: "Sales", address: "sales@desk.example", imap: Self.source),
                desk.call(Desk.operatorAccount))
            let told = try #require(created.imap)
            #expect(
                told
                    == IMAPSource(
                        host: "mail.example", security: .tls, user: "support", signIn: .password, folder: "INBOX",
                        after: .move, moveTo: "Done", pollSeconds: 60))
            #expect(created.imapState == IMAPState(phase: .starting))
            #expect(
                try await desk.api.getMailbox(GetMailboxRequest(id: created.id), desk.call(Desk.operatorAccount))
                    == created)
            let listed = try await desk.api.listMailboxes(ListMailboxesRequest(), desk.call(Desk.operatorAccount))
                .mailboxes
            #expect(listed.count == 2 && listed.last == created && listed.first?.imap == nil)
            #expect(try await desk.store.read { try $0.fetchedMailboxes() }.map(\.source.secret) == ["s3cret"])
        }
    }

    @Test("A secret stays where the server stays, and must be given again for another server")
    func secretStays() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            var changed = Self.source
            changed.secret = ""
            changed.folder = "Other"
            let stays = UpdateMailboxRequest(id: mailbox.id, imap: changed)
            #expect(try await desk.api.updateMailbox(stays, desk.call(Desk.operatorAccount)).imap?.folder == "Other")
            let fetched = try await desk.store.read { try $0.fetchedMailboxes() }
            #expect(fetched.map(\.source.secret) == ["s3cret"])
            #expect(fetched.map(\.epoch) == [mailbox.epoch + 1] && fetched.map(\.revision) == [mailbox.revision + 1])
            changed.host = "evil.example"
            let moves = UpdateMailboxRequest(id: mailbox.id, imap: changed)
            let refused = await #expect(throws: InvalidRequest.self) {
                try await desk.api.updateMailbox(moves, desk.call(Desk.operatorAccount))
            }
            #expect(refused?.violations.map(\.field) == ["imap.secret"])
            let ended = try await desk.api.updateMailbox(
                UpdateMailboxRequest(id: mailbox.id, name: "New", removeIMAP: true), desk.call(Desk.operatorAccount))
            #expect(ended.imap == nil && ended.imapState == nil && ended.name == "New")
            #expect(try await desk.store.read { try $0.fetchedMailboxes() }.isEmpty)
        }
    }

    @Test(
        "Faulty settings are all named",
        arguments: [
            ("imap.host", IMAPSource(host: "a b", user: "x", secret: "y")),
            ("imap.host", IMAPSource(host: "a/b", user: "x", secret: "y")),
            ("imap.port", IMAPSource(host: "a", port: 65_536, user: "x", secret: "y")),
            ("imap.user", IMAPSource(host: "a", secret: "y")),
            ("imap.user", IMAPSource(host: "a", user: "x\r\ny", secret: "y")),
            ("imap.secret", IMAPSource(host: "a", user: "x")),
            ("imap.secret", IMAPSource(host: "a", user: "x", secret: "y", secretFile: "z")),
            ("imap.secret_file", IMAPSource(host: "a", user: "x", secretFile: "../z")),
            ("imap.secret_file", IMAPSource(host: "a", user: "x", secretFile: ".z")),
            ("imap.folder", IMAPSource(host: "a", user: "x", secret: "y", folder: "a\r\nb")),
            ("imap.move_to", IMAPSource(host: "a", user: "x", secret: "y", after: .move)),
            ("imap.move_to", IMAPSource(host: "a", user: "x", secret: "y", after: .move, moveTo: "INBOX")),
            ("imap.poll_seconds", IMAPSource(host: "a", user: "x", secret: "y", pollSeconds: 4)),
        ])
    func faulty(field: String, source: IMAPSource) async throws {
        try await Desk.open { desk in
            let request = Mailbox(name: "S", address: "s@desk.example", imap: source)
            let refused = await #expect(throws: InvalidRequest.self) {
                try await desk.api.createMailbox(request, desk.call(Desk.operatorAccount))
            }
            #expect(refused?.violations.map(\.field) == [field])
        }
    }

    @Test("A mail is stored once for its UID, and the place goes on with it")
    func once() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let life = mailbox.life(7)
            #expect(try await desk.enter(life, mailbox) == IMAPProgress())
            let first = try await desk.fetch(Mails().bytes, mailbox, life, uid: 3)
            let again = try await desk.fetch(Mails().bytes, mailbox, life, uid: 3)
            #expect(!first.isRepeated && again.isRepeated && again.messageID == first.messageID)
            // Another UID of the same life is another mail, whatever it holds.
            #expect(try await desk.fetch(Mails().bytes, mailbox, life, uid: 4).messageID != first.messageID)
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 4, due: [3, 4]))
            try await desk.store.write("test") { try $0.markCopied([3], of: life) }
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 4, due: [3, 4], copied: [3]))
            let ticket = try await desk.ticket(first.ticketID)
            #expect(ticket.mailboxID == mailbox.id && ticket.channel == .email)
            let state = try await desk.api.getMailbox(
                GetMailboxRequest(id: mailbox.id), desk.call(Desk.operatorAccount)
            ).imapState
            #expect(state?.fetched == 2 && state?.quarantined == 0 && state?.troubled == 0)
        }
    }

    @Test("Under another UIDVALIDITY mail is known by its content, each as often as it was there")
    func anotherLife() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let (old, new) = (mailbox.life(7), mailbox.life(8))
            _ = try await desk.enter(old, mailbox)
            let other = Mails.with { $0.body = "Another" }
            let first = try await desk.fetch(Mails().bytes, mailbox, old, uid: 3)
            let second = try await desk.fetch(other, mailbox, old, uid: 9)
            #expect(try await desk.enter(new, mailbox) == IMAPProgress())
            let found = try await desk.fetch(other, mailbox, new, uid: 1)
            #expect(found.isRepeated && found.messageID == second.messageID)
            #expect(try await desk.fetch(Mails().bytes, mailbox, new, uid: 2).messageID == first.messageID)
            // Once more the same content: this one is new.
            #expect(try await desk.fetch(Mails().bytes, mailbox, new, uid: 3).messageID != first.messageID)
            #expect(try await desk.enter(new, mailbox) == IMAPProgress(lastUID: 3, due: [1, 2, 3]))
            // And back again.
            #expect(try await desk.enter(old, mailbox) == IMAPProgress())
            #expect(try await desk.fetch(other, mailbox, old, uid: 9).messageID == second.messageID)
        }
    }

    @Test("Another folder or account of a mailbox is another life of it, and its mail is known by its content")
    func anotherFolder() async throws {
        try await Desk.open { desk in
            let before = try await desk.fetchedMailbox(Self.source)
            _ = try await desk.enter(before.life(7), before)
            let first = try await desk.fetch(Mails().bytes, before, before.life(7), uid: 3)
            var changed = Self.source
            changed.user = "other"
            _ = try await desk.api.updateMailbox(
                UpdateMailboxRequest(id: before.id, imap: changed), desk.call(Desk.operatorAccount))
            let after = try #require(try await desk.store.read { try $0.fetchedMailboxes() }.first)
            #expect(try await desk.enter(after.life(7), after) == IMAPProgress())
            #expect(try await desk.fetch(Mails().bytes, after, after.life(7), uid: 3).messageID == first.messageID)
            // What still ran under the old settings counts for nothing.
            await #expect(throws: SupersededSettings.self) {
                try await desk.fetch(Mails.with { $0.body = "New" }, before, before.life(7), uid: 4)
            }
        }
    }

    @Test("A failed mail is remembered, counted over crashes, and forgotten once it is stored or gone")
    func troubles() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let life = mailbox.life(7)
            _ = try await desk.enter(life, mailbox)
            let mail = FetchedMail(life: life, uid: 5, revision: mailbox.revision, isDue: false)
            let other = FetchedMail(life: life, uid: 6, revision: mailbox.revision, isDue: false)
            #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 0)
            // As if the process had ended here.
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 0, troubled: [5]))
            #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 1)
            try await desk.store.write("test") { try $0.noteFailure(mail, reason: "broken") }
            #expect(try await desk.store.write("test") { try $0.attempt(other) } == 0)
            try await desk.store.write("test") { try $0.withdrawAttempt(other) }
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 5, troubled: [5]))
            // What was noted may be the server's trouble; the crash counts.
            #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 1)
            _ = try await desk.fetch(Mails().bytes, mailbox, life, uid: 5)
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 5, due: [5]))
            #expect(try await desk.store.write("test") { try $0.attempt(other) } == 0)
            let revision = mailbox.revision
            try await desk.store.write("test") { try $0.forgetMails([6], of: life, revision: revision) }
            try await desk.store.write("test") { try $0.settleMails([5], of: life) }
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 6))
        }
    }

    @Test("A failure counts against a mail once its folder gave another one, or after a long time")
    func serverTrouble() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let life = mailbox.life(7)
            _ = try await desk.enter(life, mailbox)
            let mail = FetchedMail(life: life, uid: 5, revision: mailbox.revision, isDue: false)
            func fail() async throws -> Int {
                desk.clock.advance(by: .seconds(1))
                return try await desk.store.write("test") { transaction in
                    let failures = try transaction.attempt(mail)
                    try transaction.noteFailure(mail, reason: "[UNAVAILABLE]")
                    return failures
                }
            }
            // A server in trouble gives nothing, however often it is asked.
            for _ in 0..<20 { #expect(try await fail() == 0) }
            // Nor does giving a mail up prove that it is well.
            desk.clock.advance(by: .seconds(1))
            _ = try await desk.api.mail.file(.lost, of: mailbox, life: life, uid: 3)
            for _ in 0..<2 { #expect(try await fail() == 0) }
            desk.clock.advance(by: .seconds(1))
            _ = try await desk.fetch(Mails().bytes, mailbox, life, uid: 6)
            #expect(try await fail() == 0)
            for _ in 0..<5 { #expect(try await fail() == 1) }
            desk.clock.advance(by: .milliseconds(IMAPLimits.failureMilliseconds))
            #expect(try await fail() == 1)
            #expect(try await fail() == 2)
        }
    }

    @Test("A try that is taken back leaves the mail as it was, and one whose UID is passed is never forgotten")
    func withdrawn() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let life = mailbox.life(7)
            _ = try await desk.enter(life, mailbox)
            let mail = FetchedMail(life: life, uid: 5, revision: mailbox.revision, isDue: false)
            for _ in 0..<5 {
                #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 0)
                try await desk.store.write("test") { try $0.withdrawAttempt(mail) }
            }
            #expect(try await desk.enter(life, mailbox) == IMAPProgress())
            #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 0)
            try await desk.store.write("test") { try $0.noteFailure(mail, reason: "broken") }
            for _ in 0..<5 {
                #expect(try await desk.store.write("test") { try $0.attempt(mail) } == 0)
                try await desk.store.write("test") { try $0.withdrawAttempt(mail) }
            }
            #expect(try await desk.enter(life, mailbox) == IMAPProgress(lastUID: 5, troubled: [5]))
        }
    }

    @Test("A mail that is shorter than its server says is stored, and is not to be taken away there")
    func short() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            _ = try await desk.enter(mailbox.life(7), mailbox)
            let outcome = try await desk.api.mail.file(
                .short(Mails().bytes, isRead: true), of: mailbox, life: mailbox.life(7), uid: 1)
            #expect(!outcome.isQuarantined)
            #expect(try await desk.enter(mailbox.life(7), mailbox) == IMAPProgress(lastUID: 1))
        }
    }

    @Test("A mail that failed too often is a quarantined ticket with its raw source, unread")
    func unread() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            _ = try await desk.enter(mailbox.life(7), mailbox)
            let raw = Mails().bytes
            let outcome = try await desk.api.mail.file(
                .whole(raw, isRead: false), of: mailbox, life: mailbox.life(7), uid: 1)
            #expect(outcome.isQuarantined)
            #expect(try await desk.ticket(outcome.ticketID).quarantined)
            let source = Chunks()
            try await desk.api.downloadSource(GetMessageRequest(id: outcome.messageID), desk.call(), source.stream)
            #expect(try source.bytes == raw)
            let message = try await desk.messages(outcome.ticketID)[0]
            #expect(message.attachments.map(\.contentType) == ["message/rfc822"])
            #expect(!message.text.isEmpty)
        }
    }

    @Test("A mail that is too large or lost is a quarantined ticket that says where it is")
    func noticed() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            _ = try await desk.enter(mailbox.life(7), mailbox)
            let header = Array("From: Maria <maria@customer.example>\r\nSubject: Plans\r\n\r\n".utf8)
            let large = try await desk.api.mail.file(
                .beginning(header, sizeBytes: 99_000_000), of: mailbox, life: mailbox.life(7), uid: 1)
            let ticket = try await desk.ticket(large.ticketID)
            #expect(ticket.quarantined && ticket.subject == "Plans")
            #expect(ticket.requester?.email == "maria@customer.example")
            #expect(try await desk.messages(ticket.id)[0].text.contains("99000000 bytes"))
            let lost = try await desk.api.mail.file(.lost, of: mailbox, life: mailbox.life(7), uid: 2)
            #expect(try await desk.ticket(lost.ticketID).quarantined)
            #expect(try await desk.messages(lost.ticketID)[0].text.contains("with the UID 2"))
            #expect(try await desk.enter(mailbox.life(7), mailbox) == IMAPProgress(lastUID: 2))
            let state = try await desk.api.getMailbox(
                GetMailboxRequest(id: mailbox.id), desk.call(Desk.operatorAccount)
            ).imapState
            #expect(state?.quarantined == 2)
        }
    }

    @Test("The last error is told, and stays told once the mailbox works again")
    func lastError() async throws {
        try await Desk.open { desk in
            let mailbox = try await desk.fetchedMailbox(Self.source)
            let (id, revision) = (mailbox.id, mailbox.revision)
            let fault = IMAPFault(.signInRefused, "Login\r\ndenied")
            try await desk.store.write("test") {
                try $0.recordFetching(id, revision: revision, phase: .failing, fault: fault, hasLooked: false)
            }
            let failing = try await desk.api.getMailbox(GetMailboxRequest(id: id), desk.call(Desk.operatorAccount))
                .imapState
            #expect(failing?.phase == .failing && failing?.errorCode == "sign_in_refused")
            #expect(failing?.error == "Login  denied" && failing?.polledAtMilliseconds == 0)
            try await desk.store.write("test") {
                try $0.recordFetching(id, revision: revision, phase: .working, fault: nil, hasLooked: true)
            }
            let working = try await desk.api.getMailbox(GetMailboxRequest(id: id), desk.call(Desk.operatorAccount))
                .imapState
            #expect(working?.phase == .working && working?.errorCode == "sign_in_refused")
            #expect(working?.polledAtMilliseconds != 0)
        }
    }
}

extension Desk {
    /// A mailbox that is fetched from there.
    fileprivate func fetchedMailbox(_ source: IMAPSource) async throws -> FetchedMailbox {
        _ = try await api.createMailbox(
            Mailbox(name: "Sales", address: "sales@desk.example", imap: source), call(Self.operatorAccount))
        return try #require(try await store.read { try $0.fetchedMailboxes() }.first)
    }

    fileprivate func enter(_ life: FolderLife, _ mailbox: FetchedMailbox) async throws -> IMAPProgress {
        let revision = mailbox.revision
        return try await store.write("test") { try $0.enterFolder(life, revision: revision) }
    }

    fileprivate func fetch(
        _ raw: [UInt8], _ mailbox: FetchedMailbox, _ life: FolderLife, uid: UInt32
    ) async throws -> MailOutcome {
        try await api.mail.file(.whole(raw, isRead: true), of: mailbox, life: life, uid: uid)
    }
}

extension FetchedMailbox {
    fileprivate func life(_ uidValidity: UInt32) -> FolderLife {
        FolderLife(mailboxID: id, epoch: epoch, uidValidity: uidValidity)
    }
}
