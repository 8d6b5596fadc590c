import Model

@testable import IntakeServer

/// Drives a session as `MailboxTalk` does, with answers that the test gives, and keeps what it did.
struct IMAPScript {
    var session: IMAPSession
    var progress = IMAPProgress()
    /// How often a mail failed before, by UID.
    var failures: [UInt32: Int] = [:]
    /// Mails that the store does not take.
    var refused: Set<UInt32> = []
    /// Commands that were sent, without their tags; `DONE` too.
    var sent: [String] = []
    var filed: [UInt32: IMAPMail] = [:]
    /// In the order in which they were tried.
    var attempts: [UInt32] = []
    var noted: [UInt32] = []
    var forgotten: [UInt32] = []
    var copied: [UInt32] = []
    var settled: [UInt32] = []
    var reports: [IMAPFault.Code] = []
    var looks = 0
    var fault: IMAPFault?
    private var tag = ""

    init(
        after: AfterFetch = .leave, sparing spared: Set<UInt32> = [], change: (inout IMAPSource) -> Void = { _ in }
    ) {
        var source = IMAPSource(
            host: "mail.example", security: .tls, user: "support", folder: "INBOX", after: after,
            moveTo: after == .move ? "Done" : "", pollSeconds: 60)
        change(&source)
        session = IMAPSession(source, sparing: spared)
    }

    /// Signs in and opens a folder with these capabilities and that UIDVALIDITY.
    mutating func open(_ capabilities: String = "IDLE MOVE UIDPLUS", exists: Int, uidValidity: UInt32 = 7) {
        run(session.handle(.opened))
        say("* CAPABILITY IMAP4rev1 \(capabilities)")
        ok()
        select(exists: exists, uidValidity: uidValidity)
    }

    mutating func select(exists: Int, uidValidity: UInt32 = 7) {
        say("* \(exists) EXISTS", "* OK [UIDVALIDITY \(uidValidity)] UIDs valid")
        ok()
    }

    mutating func list(_ uids: [UInt32]) {
        for (index, uid) in uids.enumerated() { say("* \(index + 1) FETCH (UID \(uid))") }
        ok()
    }

    /// - Parameter size: what the server says; as many bytes as it gives unless told otherwise.
    mutating func give(_ uid: UInt32, _ body: String, size: Int64? = nil) {
        let count = body.utf8.count
        say("* 1 FETCH (UID \(uid) RFC822.SIZE \(size ?? Int64(count)) BODY[]<0> {\(count)}\r\n\(body) FLAGS (\\Seen))")
        ok()
    }

    mutating func say(_ lines: String...) {
        run(session.handle(.received(lines.flatMap { Array("\($0)\r\n".utf8) })))
    }

    /// Ends the command under way.
    mutating func ok(_ text: String = "done") { say("\(tag) OK \(text)") }
    mutating func no(_ text: String) { say("\(tag) NO \(text)") }
    mutating func wait() { run(session.handle(.waited)) }

    private mutating func run(_ actions: [IMAPSession.Action]) {
        var actions = actions
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .send(let text):
                let line = text.replacing("\r\n", with: "")
                if line == "DONE" {
                    sent.append(line)
                    continue
                }
                tag = String(line.prefix { $0 != " " })
                sent.append(String(line.dropFirst(tag.count + 1)))
            case .enter: actions += session.handle(.entered(progress))
            case .attempt(let uid):
                attempts.append(uid)
                actions += session.handle(.allowed(failures: failures[uid] ?? 0))
            case .file(let uid, let mail):
                if !refused.contains(uid) { filed[uid] = mail }
                actions += session.handle(.filed(isStored: !refused.contains(uid)))
            case .note(let uid, _):
                noted.append(uid)
                actions += session.handle(.filed(isStored: false))
            case .forget(let uids):
                forgotten += uids
                actions += session.handle(.noted)
            case .copied(let uids):
                copied += uids
                actions += session.handle(.noted)
            case .settled(let uids):
                settled += uids
                actions += session.handle(.noted)
            case .looked:
                looks += 1
                actions += session.handle(.noted)
            case .report(let fault):
                reports.append(fault.code)
                actions += session.handle(.noted)
            case .finish(let fault): self.fault = fault
            }
        }
    }
}
