import Dispatch
import Testing

@testable import NotificationServer

@Suite("A relay's pace")
struct RelayPaceTests {
    @Test("A relay that answers takes whatever comes")
    func up() {
        var pace = RelayPace()
        #expect(pace.room(at: 0, underWay: 5) == .free(.max))
    }

    @Test("A relay that is down is tried by one mail at a time, after pauses that double up to the longest")
    func down() {
        var pace = RelayPace()
        var (now, last) = (Int64(0), Int64(0))
        for _ in 0..<12 {
            pace.failed(at: now, chance: 0)
            // The others that were under way failed too, which counts once.
            pace.failed(at: now, chance: 0)
            guard case .wait(let pause) = pace.room(at: now, underWay: 0) else {
                Issue.record("a relay that is down has room")
                return
            }
            #expect(pause >= last && pause <= RelayPace.longestPauseMilliseconds)
            (now, last) = (now + pause, pause)
            #expect(pace.room(at: now, underWay: 0) == .free(1))
            guard case .wait = pace.room(at: now, underWay: 1) else {
                Issue.record("a second mail is let through")
                return
            }
        }
        #expect(last == RelayPace.longestPauseMilliseconds)
    }

    @Test("Chance adds at most a fifth to a pause")
    func jitter() {
        var pace = RelayPace()
        pace.failed(at: 0, chance: 1)
        #expect(pace.room(at: 0, underWay: 0) == .wait(milliseconds: RelayPace.firstPauseMilliseconds * 6 / 5))
    }

    /// How many mails go within a time, one after the other as soon as there is room.
    private func count(_ pace: inout RelayPace, from start: Int64, milliseconds: Int64) -> Int {
        var count = 0
        for now in start..<(start + milliseconds) {
            while case .free(let room) = pace.room(at: now, underWay: 0), room > 0, count < 1_000_000 {
                if room == .max { return .max }
                pace.began(at: now)
                count += 1
            }
        }
        return count
    }

    @Test("A relay that is back gets ten mails in its first seconds each, then twice as many every five seconds")
    func ramp() {
        var pace = RelayPace()
        pace.failed(at: 0, chance: 0)
        pace.answered(at: 10_000)
        #expect((40...60).contains(count(&pace, from: 10_000, milliseconds: 5_000)))
        #expect((90...110).contains(count(&pace, from: 15_000, milliseconds: 5_000)))
        #expect(pace.room(at: 200_000, underWay: 0) == .free(.max))
    }

    @Test("A rate holds, with the ramp and without")
    func rate() {
        var pace = RelayPace(rate: 20)
        #expect((200...203).contains(count(&pace, from: 0, milliseconds: 10_000)))
        pace.failed(at: 10_000, chance: 0)
        pace.answered(at: 20_000)
        #expect(count(&pace, from: 20_000, milliseconds: 5_000) <= 52)
        #expect((199...203).contains(count(&pace, from: 100_000, milliseconds: 10_000)))
    }

    @Test("Who is asked to hurry is tried at once")
    func hurry() {
        var pace = RelayPace()
        pace.failed(at: 0, chance: 0)
        pace.hurry()
        #expect(pace.room(at: 1, underWay: 0) == .free(1))
    }
}

@Suite("What a mail server says")
struct SMTPReplyTests {
    @Test(
        "Code and enhanced status are read from a reply's last line",
        arguments: [
            ("550 5.1.1 <x@y>: no such user\r\n", 550, "5.1.1", "550 5.1.1"), ("451 later\r\n", 451, "", "451"),
            ("250-SIZE 10\r\n", 250, "", "250"), ("550-5.7.1 a policy\r\n", 550, "5.7.1", "550 5.7.1"),
            ("554 5.1.1.1 odd\r\n", 554, "", "554"), ("nonsense", 0, "", "0"), ("", 0, "", "0"), ("99", 0, "", "0"),
        ])
    func codes(line: String, code: Int, status: String, brief: String) {
        let reply = SMTPReply(line: Array(line.utf8))
        #expect(reply.code == code && reply.enhancedStatus == status && reply.brief == brief)
    }

    @Test("Its words are one clean line of bounded length")
    func words() {
        let reply = SMTPReply(line: Array("550 5.1.1 a\u{1b}[31m\tb\0c".utf8) + Array(repeating: 120, count: 5_000))
        #expect(reply.text.hasPrefix("550 5.1.1 a [31m b c") && reply.text.count <= 300)
    }
}

@Suite("Relays as they are configured")
struct MailRelayTests {
    @Test(
        "A list is taken in its order",
        arguments: [
            "smtp://mail.example.org:587,smtps://backup.example.org", "smtp://127.0.0.1:25", "smtp://[::1]:25/",
        ])
    func good(list: String) throws {
        let relays = try #require(MailRelay.list(list))
        #expect(relays.count == list.split(separator: ",").count)
        #expect(list.contains(relays[0].name))
    }

    @Test(
        "What is no server, or holds a password, is refused whole",
        arguments: [
            "", "smtp://", "http://mail", "smtp://a,,smtp://b", "smtp://user:word@mail", "smtp://mail:0",
            "smtp://mail:x",
            "smtp://mail/path", "smtp://a\nb",
        ])
    func bad(list: String) {
        #expect(MailRelay.list(list) == nil)
    }

    @Test("Rates count in order, the last for the rest; none, zero and words are refused")
    func rates() throws {
        var options = SMTPOptions(relays: [])
        #expect(options.rate(ofRelay: 0) == nil)
        options.rates = try #require(SMTPOptions.rates("20, 0.5"))
        #expect([0, 1, 2].map { options.rate(ofRelay: $0) } == [20, 0.5, 0.5])
        for text in ["", "0", "-1", "a", "1,,2"] { #expect(SMTPOptions.rates(text) == nil) }
    }
}

@Suite("A mail server that takes its time")
struct TransferWatchTests {
    /// Sends over a connection whose server is never waited for while there is more of the mail, but for its answer.
    private func send(_ mail: [UInt8], to relay: LateRelay) async throws -> SMTPConnection.Outcome {
        let server = try #require(MailRelay("smtp://127.0.0.1:\(relay.port)"))
        let connection = try #require(
            SMTPConnection(server, SMTPOptions(relays: [server]), watch: TransferWatch(stall: .zero)))
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "late mail").async {
                let outcome = connection.send(mail, from: "support@desk.example", to: "anna@example.org") {
                    relay.wait()
                    return false
                }
                continuation.resume(returning: outcome)
            }
        }
    }

    @Test("It may be long over the answer to a mail that it has")
    func answer() async throws {
        let outcome = try await send(Array("Subject: Late\r\n\r\nHello.\r\n".utf8), to: LateRelay(.answersLate))
        guard case .taken = outcome else { throw TransportFailure(isPermanent: false, message: "\(outcome)") }
    }

    @Test("A mail of which it takes nothing more is given up")
    func stall() async throws {
        let relay = LateRelay(.takesNothing)
        defer { relay.goOn() }
        let mail = Array(String(repeating: "All work and no play.\r\n", count: 1_500_000).utf8)
        guard case .unusable(let fault) = try await send(mail, to: relay) else {
            throw TransportFailure(isPermanent: false, message: "it was not given up")
        }
        #expect(fault.hasPrefix("it took nothing more"))
    }

    @Test("What is watched begins with the mail, and each movement begins it anew")
    func movements() {
        var watch = TransferWatch(answer: .seconds(600), stall: .seconds(180))
        let start = ContinuousClock.now
        func isStalled(_ handedOver: Int, _ uploaded: Int, _ seconds: Int) -> Bool {
            watch.isStalled(handedOver: handedOver, of: 100, uploaded: uploaded, at: start + .seconds(seconds))
        }
        // Until the mail may come there is nothing to watch.
        for seconds in [0, 1_000, 2_000] { #expect(!isStalled(0, 0, seconds)) }
        #expect(!isStalled(60, 0, 2_100) && !isStalled(60, 0, 2_280) && isStalled(60, 0, 2_281))
        #expect(!isStalled(60, 10, 2_281) && !isStalled(60, 10, 2_461) && isStalled(60, 10, 2_462))
        // All of it is there: now the answer is waited for.
        #expect(!isStalled(100, 100, 2_462) && !isStalled(100, 100, 3_062) && isStalled(100, 100, 3_063))
        watch = watch.anew
        #expect(!isStalled(100, 100, 9_000))
    }
}
