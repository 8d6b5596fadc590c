import Model
import Testing

@testable import IntakeServer

@Suite("IMAP sessions") struct IMAPSessionTests {
    private static func whole(_ text: String) -> IMAPMail { .whole(Array(text.utf8), isRead: true) }

    @Test("What is new since the last UID is fetched in order, without touching its flags, and then IDLE waits")
    func fetches() {
        var server = IMAPScript()
        server.progress.lastUID = 4
        server.open(exists: 3)
        server.list([4, 5, 9])
        server.give(5, "five")
        server.give(9, "nine")
        #expect(
            server.sent == [
                "CAPABILITY", "EXAMINE \"INBOX\"", "UID FETCH 5:* (UID)",
                "UID FETCH 5 (UID RFC822.SIZE BODY.PEEK[]<0.131072>)",
                "UID FETCH 9 (UID RFC822.SIZE BODY.PEEK[]<0.131072>)", "IDLE",
            ])
        #expect(server.filed == [5: Self.whole("five"), 9: Self.whole("nine")])
        #expect(server.looks == 1 && server.attempts == [5, 9])
    }

    @Test("New mail ends IDLE; mail that goes does not")
    func idle() {
        var server = IMAPScript()
        server.open(exists: 0)
        #expect(server.looks == 1 && server.sent.last == "IDLE")
        server.say("+ idling")
        #expect(server.session.patience == IMAPLimits.idlePatience)
        server.say("* OK Still here", "* 1 FETCH (FLAGS (\\Seen))")
        #expect(server.sent.last == "IDLE")
        server.say("* 1 EXISTS")
        #expect(server.sent.last == "DONE")
        server.ok()
        server.list([1])
        server.give(1, "one")
        server.say("+ idling", "* 1 EXPUNGE")
        #expect(server.sent.last == "IDLE")
        server.say("* 1 EXISTS")
        server.ok()
        #expect(server.sent.last == "UID FETCH 2:* (UID)")
        server.list([2])
        server.give(2, "two")
        #expect(server.filed.count == 2)
    }

    @Test("Mail that comes while others are fetched is not waited for")
    func duringFetch() {
        var server = IMAPScript()
        server.open(exists: 1)
        server.list([1])
        server.say("* 2 EXISTS")
        server.give(1, "one")
        #expect(server.sent.last == "UID FETCH 2:* (UID)")
        server.list([2])
        server.give(2, "two")
        #expect(server.sent.last == "IDLE" && server.looks == 1)
    }

    @Test("Without IDLE the folder is opened anew after the pause")
    func withoutIdle() {
        var server = IMAPScript { $0.pollSeconds = 20 }
        server.open("", exists: 0)
        #expect(server.sent.count == 2 && server.session.patience == .seconds(20))
        server.wait()
        #expect(server.sent.last == "EXAMINE \"INBOX\"")
        server.select(exists: 1)
        #expect(server.sent.last == "UID FETCH 1:* (UID)")
    }

    @Test("A long IDLE is renewed, and the folder opened anew, so that another UIDVALIDITY is seen")
    func renewal() {
        var server = IMAPScript()
        server.open(exists: 0)
        server.say("+ idling")
        server.wait()
        #expect(server.sent.last == "DONE")
        server.ok()
        server.progress = IMAPProgress()
        server.select(exists: 1, uidValidity: 8)
        server.list([1])
        server.give(1, "one")
        #expect(server.filed.keys.sorted() == [1])
    }

    @Test(
        "Nothing is changed on the server before the store has the mail",
        arguments: [
            (AfterFetch.seen, "UIDPLUS", ["UID STORE 1:2 +FLAGS.SILENT (\\Seen)"]),
            (.move, "MOVE", ["UID MOVE 1:2 \"Done\""]),
            (
                .move, "UIDPLUS",
                ["UID COPY 1:2 \"Done\"", "UID STORE 1:2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1:2"]
            ),
            (.delete, "UIDPLUS", ["UID STORE 1:2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1:2"]),
            (.delete, "", ["UID STORE 1:2 +FLAGS.SILENT (\\Deleted)"]),
        ])
    func settles(after: AfterFetch, capabilities: String, commands: [String]) {
        var server = IMAPScript(after: after)
        server.refused = [3]
        server.open(capabilities, exists: 3)
        server.list([1, 2, 3])
        let before = server.sent.count
        for uid: UInt32 in [1, 2] { server.give(uid, "mail") }
        #expect(server.sent.count == before + 2 && server.settled.isEmpty)
        server.give(3, "mail")
        for command in commands {
            #expect(server.sent.last == command)
            #expect(server.settled.isEmpty)
            server.ok()
        }
        #expect(server.settled == [1, 2] && server.looks == 1)
        #expect(server.sent[1] == "SELECT \"INBOX\"")
    }

    @Test("Without MOVE, a copy is written down at once, and not made again by the next connection")
    func copiesOnce() {
        var server = IMAPScript(after: .move)
        server.open("UIDPLUS", exists: 2)
        server.list([1, 2])
        for uid: UInt32 in [1, 2] { server.give(uid, "mail") }
        #expect(server.sent.last == "UID COPY 1:2 \"Done\"" && server.copied.isEmpty)
        server.ok()
        #expect(server.copied == [1, 2] && server.settled.isEmpty)

        // The process ended there, and a third mail became due before.
        for capabilities in ["UIDPLUS", "UIDPLUS MOVE"] {
            var next = IMAPScript(after: .move)
            next.progress = IMAPProgress(lastUID: 3, due: [1, 2, 3], copied: [1, 2])
            next.open(capabilities, exists: 3)
            #expect(next.sent.last == "UID STORE 1:2 +FLAGS.SILENT (\\Deleted)")
            next.ok()
            next.ok()
            #expect(next.settled == [1, 2])
            next.list([])
            #expect(next.sent.last == (capabilities == "UIDPLUS" ? "UID COPY 3 \"Done\"" : "UID MOVE 3 \"Done\""))
        }
    }

    @Test("What a crash left undone on the server is done first")
    func leftOver() {
        var server = IMAPScript(after: .move)
        server.progress = IMAPProgress(lastUID: 9, due: [4, 6])
        server.open(exists: 2)
        #expect(server.sent.last == "UID MOVE 4,6 \"Done\"")
        server.ok()
        #expect(server.settled == [4, 6] && server.sent.last == "UID FETCH 10:* (UID)")
    }

    @Test("A missing folder is made once; a server that refuses is reported, and mail goes on being fetched")
    func refusedMove() {
        var server = IMAPScript(after: .move)
        server.open(exists: 1)
        server.list([1])
        server.give(1, "one")
        server.no("[TRYCREATE] no such folder")
        #expect(server.sent.last == "CREATE \"Done\"")
        server.ok()
        #expect(server.sent.last == "UID MOVE 1 \"Done\"")
        server.no("[TRYCREATE] still not")
        #expect(server.reports == [.notSettled] && server.looks == 1 && server.settled.isEmpty)
        #expect(server.sent.last == "IDLE")
        server.say("+ idling", "* 2 EXISTS")
        server.ok()
        server.list([2])
        server.give(2, "two")
        #expect(server.filed.count == 2 && server.reports.count == 1)
    }

    @Test("A mail that the server does not give is noted, and the next ones come")
    func badMail() {
        var server = IMAPScript(after: .delete)
        server.open(exists: 3)
        server.list([1, 2, 3])
        server.no("[SERVERBUG] internal error")
        server.say("* 2 FETCH (UID 2 BODY[] NIL)")
        server.ok()
        server.give(3, "three")
        #expect(server.noted == [1, 2] && server.filed.keys.sorted() == [3])
        #expect(server.sent.last == "UID STORE 3 +FLAGS.SILENT (\\Deleted)")
    }

    @Test("A mail that failed before comes after the new ones, and sooner than the next renewal")
    func retries() {
        var server = IMAPScript { $0.pollSeconds = 30 }
        server.progress = IMAPProgress(lastUID: 5, troubled: [2, 4])
        server.failures = [2: 1]
        server.open(exists: 3)
        #expect(server.sent.last == "UID FETCH 2,4,6:* (UID)")
        server.list([2, 6])
        #expect(server.forgotten == [4])
        server.give(6, "six")
        server.no("still broken")
        #expect(server.attempts == [6, 2] && server.noted == [2])
        server.say("+ idling")
        #expect(server.session.patience == .seconds(30))
        // Not again before the pause is over.
        server.say("* 4 EXISTS")
        server.ok()
        #expect(server.sent.last == "UID FETCH 7:* (UID)")
    }

    @Test("A mail that ended the last connection waits for the next opening, and the others have their turn")
    func spared() {
        var server = IMAPScript(sparing: [2])
        server.progress = IMAPProgress(lastUID: 5, troubled: [2, 4])
        server.open(exists: 3)
        #expect(server.sent.last == "UID FETCH 4,6:* (UID)")
        server.list([4])
        server.give(4, "four")
        #expect(server.looks == 1 && server.forgotten.isEmpty)
        server.say("+ idling")
        server.wait()
        server.ok()
        server.progress.troubled = [2]
        server.select(exists: 3)
        #expect(server.sent.last == "UID FETCH 2,6:* (UID)")
    }

    @Test("After three failures a mail is kept unread; when even that failed, nothing more is asked of it")
    func quarantine() {
        var server = IMAPScript(after: .delete)
        server.failures = [1: 3, 2: 4]
        server.open(exists: 2)
        server.list([1, 2])
        server.give(1, "poison")
        #expect(server.filed == [1: .whole(Array("poison".utf8), isRead: false), 2: .lost])
        // What is not here stays there.
        #expect(server.sent.last == "UID STORE 1 +FLAGS.SILENT (\\Deleted)")
    }

    @Test(
        "A mail longer than a beginning is fetched whole; of one that is too large the beginning is kept, and it stays")
    func sizes() {
        let beginning = String(repeating: "x", count: IMAPLimits.beginningBytes)
        var server = IMAPScript(after: .delete)
        server.open(exists: 2)
        server.list([1, 2])
        server.give(1, beginning)
        #expect(server.filed.isEmpty && server.sent.last == "UID FETCH 1 (UID BODY.PEEK[])")
        server.give(1, beginning + "y")
        #expect(server.filed == [1: Self.whole(beginning + "y")])
        let size = Int64(MailSize.largestBytes + 1)
        server.give(2, beginning, size: size)
        #expect(server.filed[2] == .beginning(Array(beginning.utf8), sizeBytes: size))
        #expect(server.sent.last == "UID STORE 1 +FLAGS.SILENT (\\Deleted)")
    }

    @Test("A mail of which the server gives less than it says is fetched whole, and stays where that is cut too")
    func cut() {
        var server = IMAPScript(after: .delete)
        server.open(exists: 2)
        server.list([1, 2])
        server.give(1, "half", size: 8)
        #expect(server.filed.isEmpty && server.sent.last == "UID FETCH 1 (UID BODY.PEEK[])")
        server.say("* 1 FETCH (UID 1 BODY[] {8}\r\nhalfhalf)")
        server.ok()
        #expect(server.filed == [1: Self.whole("halfhalf")])
        server.give(2, "half", size: 8)
        server.say("* 2 FETCH (UID 2 BODY[] {4}\r\nhalf)")
        server.ok()
        #expect(server.filed[2] == .short(Array("half".utf8), isRead: true))
        #expect(server.sent.last == "UID STORE 1 +FLAGS.SILENT (\\Deleted)")
        server.ok()
        server.ok()
        #expect(server.settled == [1] && server.sent.last == "IDLE")
    }

    @Test("A mail that somebody takes away meanwhile is no failure")
    func vanished() {
        var server = IMAPScript()
        server.open(exists: 1)
        server.list([1])
        server.ok()
        #expect(server.forgotten == [1] && server.noted.isEmpty && server.sent.last == "IDLE")
    }

    @Test("More mail than one listing takes is listed in parts")
    func longListing() {
        var server = IMAPScript()
        server.open(exists: IMAPLimits.listed + 1)
        let first = (1...UInt32(IMAPLimits.listed)).map { "* 1 FETCH (UID \($0) RFC822.SIZE 9)\r\n" }.joined()
        server.say(first + "* 1 FETCH (UID 50001 RFC822.SIZE 9)")
        server.ok()
        #expect(server.session.queue.count == IMAPLimits.listed - 1 && server.session.isDirty)
    }

    @Test(
        "What ends a conversation says why",
        arguments: [
            ("* BYE shutting down", IMAPFault.Code.disconnected), ("* 1 FETCH (UID 1", .protocolError),
            ("* 1 FETCH (UID 1 BODY[] {99999999999}", .protocolError),
            ("* 1 FETCH (UID 1 BODY[] {999999999}", .protocolError),
            ("* OK " + String(repeating: "x", count: IMAPLimits.lineBytes), .protocolError),
            ("* 1 FETCH (X " + String(repeating: "(", count: 100) + String(repeating: ")", count: 101), .protocolError),
        ])
    func faults(line: String, code: IMAPFault.Code) {
        var server = IMAPScript()
        server.open(exists: 1)
        server.say(line)
        #expect(server.fault?.code == code)
        server.ok()
        server.wait()
    }

    @Test("A folder that is not there, silence, and a server without UIDVALIDITY end it too")
    func otherFaults() {
        var missing = IMAPScript()
        missing.open(exists: 0)
        missing.say("+ idling")
        missing.wait()
        missing.ok()
        missing.no("no such folder")
        #expect(missing.fault?.code == .noFolder)
        var silent = IMAPScript()
        silent.open(exists: 1)
        silent.wait()
        #expect(silent.fault?.code == .timedOut)
        var bare = IMAPScript()
        bare.open(exists: 0, uidValidity: 0)
        #expect(bare.fault?.code == .protocolError)
    }

    @Test("No server, however broken, does more than end its conversation", arguments: 0..<400)
    func hostile(seed: UInt64) {
        var chance = SeededChance(seed: seed)
        let lines = [
            "+ go", "* BYE", "* 1 EXISTS", "* 0 EXISTS", "* 1 EXPUNGE", "* OK [UIDVALIDITY 9] x",
            "* CAPABILITY IDLE MOVE",
            "* 1 FETCH (UID 1)", "* 2 FETCH (UID 4294967295)",
            "* 1 FETCH (UID 1 RFC822.SIZE 9999999999 BODY[] {3}\r\nabc)",
            "* 1 FETCH (UID 2 BODY[] NIL)", "* 1 FETCH (FLAGS (\\Seen \"))", "* FETCH (", "* 1 FETCH", "*", "", "f1",
            "f2 OK",
            "* 1 FETCH (UID 1 BODY[HEADER (X)] \"a\\\"b\")", "* NO [ALERT] {", "* 1 FETCH (UID 0 BODY[] {0}\r\n)",
            "* 18446744073709551616 EXISTS",
        ]
        var server = IMAPScript(after: [.leave, .seen, .move, .delete].randomElement(using: &chance)!)
        server.progress = IMAPProgress(lastUID: 1, troubled: [1, 2], due: [1])
        server.open(exists: 2)
        for _ in 0..<60 where server.fault == nil {
            switch UInt8.random(in: 0..<8, using: &chance) {
            case 0: server.ok()
            case 1: server.no(["[TRYCREATE] x", "x"].randomElement(using: &chance)!)
            case 2: server.wait()
            case 3:
                var bytes = Array(lines.randomElement(using: &chance)!.utf8)
                if !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &chance)] = .random(in: 0...255, using: &chance)
                }
                server.say(String(decoding: bytes, as: UTF8.self))
            default: server.say(lines.randomElement(using: &chance)!)
            }
        }
        #expect(server.settled.allSatisfy { server.filed[$0] != nil || $0 == 1 })
    }

    @Test(
        "Folder names are written in modified UTF-7, quoted",
        arguments: [
            ("INBOX", "\"INBOX\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("R&D", "\"R&-D\""),
            ("Входящие", "\"&BBIERQQ+BDQETwRJBDgENQ-\""), ("台北/日本語", "\"&U,BTFw-/&ZeVnLIqe-\""), ("😀", "\"&2D3eAA-\""),
        ])
    func folderNames(name: String, written: String) {
        #expect(IMAPText.quoted(folder: name) == written)
    }

    @Test("Sets of UIDs are written in ranges")
    func sets() {
        #expect(IMAPText.set([9, 3, 5, 4, 4]) == "3:5,9")
        #expect(IMAPText.set([UInt32.max]) == "4294967295" && IMAPText.set([]).isEmpty)
    }

    @Test("Pauses grow to their limit, and chance only shortens them")
    func pauses() {
        #expect(PollPause.milliseconds(failures: 1, chance: 0) == 1_000)
        #expect(PollPause.milliseconds(failures: 4, chance: 0) == 8_000)
        #expect(PollPause.milliseconds(failures: 1_000, chance: 0) == PollPause.longestMilliseconds)
        #expect(PollPause.milliseconds(failures: 4, chance: 0.999) > 5_000)
    }
}

/// The same numbers for the same seed (SplitMix64: Steele, Lea, Flood, 2014).
private struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
