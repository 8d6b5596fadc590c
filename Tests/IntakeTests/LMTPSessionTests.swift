import IntakeServer
import Testing

@Suite("LMTP sessions") struct LMTPSessionTests {
    @Test("A mail for two recipients gets one reply for each, in order")
    func twoRecipients() {
        var client = LMTPScript()
        client.outcomes = [
            "a@desk.example": .stored(ticketID: 7, messageID: 9), "b@desk.example": .temporary(code: 452),
        ]
        client.send("LHLO mx\r\nMAIL FROM:<x@example.com> SIZE=20 BODY=8BITMIME\r\n")
        client.send("RCPT TO:<a@desk.example>\r\nRCPT TO:<b@desk.example>\r\nDATA\r\n")
        client.send("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n")
        #expect(client.codes == ["250", "250", "250", "250", "354", "250", "452", "221"])
        #expect(client.lines.contains { $0.hasPrefix("250 2.1.5") && $0.hasSuffix("ticket 7 message 9") })
        #expect(client.delivered.map(\.data) == [Array("Subject: x\r\n\r\n.dot\r\n".utf8)])
        #expect(client.delivered.first?.envelope.from == "x@example.com")
        #expect(client.isClosed)
    }

    @Test("LHLO tells what is offered and nothing more")
    func offers() {
        var client = LMTPScript()
        client.send("LHLO mx\r\n")
        let offered = client.lines.dropFirst(2).map { String($0.dropFirst(4)) }
        #expect(offered == ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING", "SIZE 26214400"])
    }

    @Test("A conversation cut at every byte goes the same way")
    func everyByte() {
        let conversation =
            "LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\nx\r\n.y\r\n..\r\n.\r\nNOOP\r\nMAIL FROM:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n\r\n.\r\nQUIT\r\n"
        var whole = LMTPScript()
        whole.send(conversation)
        #expect(whole.delivered.map(\.data) == [Array("x\r\ny\r\n.\r\n".utf8), Array("\r\n".utf8)])
        for cut in 0...conversation.utf8.count {
            var client = LMTPScript()
            let bytes = Array(conversation.utf8)
            client.send(bytes[..<cut])
            client.send(bytes[cut...])
            #expect(client.lines == whole.lines && client.delivered.map(\.data) == whole.delivered.map(\.data))
        }
        var single = LMTPScript()
        for byte in conversation.utf8 { single.send([byte]) }
        #expect(single.lines == whole.lines)
    }

    @Test(
        "No line end but CR LF ends the data, so nothing is smuggled",
        arguments: [
            "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n.\n\r\n", "\r\n.\r\r\n", "\r\r\n.\n",
        ])
    func smuggling(end: String) {
        var client = LMTPScript()
        client.send("LHLO mx\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhi\(end)MAIL FROM:<admin@b>\r\n.\r\n")
        #expect(client.delivered.count == 1)
        #expect(client.delivered.first?.data.starts(with: "hi".utf8) == true)
        let text = String(decoding: client.delivered.first?.data ?? [], as: UTF8.self)
        #expect(text.contains("admin"))
    }

    @Test("Data of line ends and dots comes through whole")
    func transparency() {
        for body in ["", "\r\n", ".", "..", ".\r", "\r\r\n", "a\r\r\n", "\n", ".\n", "..\r\n.", "a\rb\nc"] {
            var client = LMTPScript()
            var stuffed = body.replacing("\r\n.", with: "\r\n..")
            if stuffed.hasPrefix(".") { stuffed = "." + stuffed }
            client.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n\(stuffed)\r\n.\r\n")
            #expect(client.delivered.first?.data == Array((body + "\r\n").utf8), "\(body.debugDescription)")
        }
    }

    @Test(
        "What is wrong is refused with the code that the RFC names",
        arguments: [
            ("HELO x", "500"), ("EHLO x", "500"), ("LHLO", "501"), ("FOO", "500"), ("", "500"), ("STARTTLS", "502"),
            ("MAIL FROM:a@b", "501"), ("MAIL FROM:<a@b> FOO=1", "555"), ("MAIL FROM:<a@b> SIZE=x", "501"),
            ("MAIL FROM:<a@b> SIZE=26214401", "552"), ("MAIL FROM:<a@b> SIZE=99999999999999999999999", "501"),
            ("MAIL FROM:<a b@c>", "501"), ("MAIL FROM:<é@c>", "553"), ("RCPT TO:<a@b>", "503"), ("DATA", "503"),
            ("DATA now", "501"), ("VRFY a", "252"), ("NOOP x", "250"), ("RSET", "250"),
            ("MAIL FROM:<a@b> BODY=BINARY", "501"),
            (String(repeating: "x", count: 3_000), "500"), ("MAIL FROM:<a@b", "501"), ("NO\u{1}OP", "500"),
            ("lhlo x", "250"),
            ("mail from:<a@b>", "250"), ("MAIL FROM: <a@b>", "250"), ("MAIL FROM:<é@c> SMTPUTF8", "250"),
            ("MAIL FROM:<\"a b\"@c>", "250"), ("MAIL FROM:<@x,@y:a@c>", "250"),
        ])
    func refusals(line: String, code: String) {
        var client = LMTPScript()
        client.send("LHLO mx\r\n")
        client.send(line + "\r\n")
        #expect(client.codes.last == code)
        #expect(!client.isClosed)
    }

    @Test("Commands before LHLO, in the wrong order or ended by a bare LF are refused")
    func order() {
        var client = LMTPScript()
        client.send(
            "MAIL FROM:<a@b>\r\nLHLO x\r\nNOOP\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<>\r\nRCPT TO:<a@b> X=1\r\n"
        )
        #expect(client.codes == ["503", "250", "500", "250", "503", "503", "501", "555"])
    }

    @Test("A recipient too many is put off, the others go through")
    func recipients() {
        var limits = LMTPLimits()
        limits.maxRecipients = 2
        var client = LMTPScript(limits: limits)
        client.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@b>\r\nRCPT TO:<d@b>\r\nDATA\r\n.\r\n")
        #expect(client.codes == ["250", "250", "250", "250", "452", "354", "250", "250"])
    }

    @Test("However many recipients are too many, none of them counts as an error")
    func manyRecipients() {
        let limits = LMTPLimits()
        var client = LMTPScript()
        let recipients = (1...(limits.maxRecipients + 2 * limits.maxErrors)).map { "RCPT TO:<support+\($0)@b>\r\n" }
        client.send("LHLO x\r\nMAIL FROM:<a@b>\r\n" + recipients.joined() + "DATA\r\n\r\n.\r\n")
        #expect(client.codes.count { $0 == "452" } == 2 * limits.maxErrors)
        #expect(client.delivered.first?.envelope.recipients.count == limits.maxRecipients && !client.isClosed)
    }

    @Test("A mail too large is read to its end and refused for each recipient")
    func oversize() {
        var limits = LMTPLimits()
        limits.maxMessageBytes = 100
        var client = LMTPScript(limits: limits)
        client.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@b>\r\nDATA\r\n")
        client.send(String(repeating: "x", count: 101) + "\r\n.\r\nNOOP\r\n")
        #expect(client.codes.suffix(3) == ["552", "552", "250"])
        #expect(client.delivered.isEmpty)
        limits.maxDrainedBytes = 1_000
        client = LMTPScript(limits: limits)
        client.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n" + String(repeating: "x", count: 1_200))
        #expect(client.codes.last == "421" && client.isClosed)
    }

    @Test("Too many errors, too many idle commands and an endless line end the connection or the line")
    func limits() {
        var client = LMTPScript()
        client.send(String(repeating: "FOO\r\n", count: 30))
        #expect(client.codes.count == LMTPLimits().maxErrors + 1 && client.codes.last == "421" && client.isClosed)
        client = LMTPScript()
        client.send(String(repeating: "NOOP\r\n", count: 2_000))
        #expect(client.codes.last == "421" && client.isClosed)
        client = LMTPScript()
        for _ in 0..<100 { client.send(String(repeating: "x", count: 1_000)) }
        client.send("\r\nNOOP\r\n")
        #expect(client.codes == ["500", "250"])
    }

    @Test("Nothing is answered while a mail is being stored, and commands sent ahead wait")
    func waits() {
        var session = LMTPSession(hostname: "desk")
        _ = session.receive("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n".utf8)
        #expect(session.receive("hi\r\n.\r\nQUIT\r\n".utf8).count == 1)
        #expect(session.isDelivering)
        #expect(session.receive("NOOP\r\n".utf8).isEmpty)
        let actions = session.delivered([.permanent(text: "no\r\n250 yes")])
        #expect(actions == [.reply("554 5.6.0 no  250 yes\r\n221 2.0.0 Bye\r\n"), .close])
    }

    @Test("Garbage never breaks the session")
    func garbage() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var client = LMTPScript()
            client.send((0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) })
            client.send("\r\nQUIT\r\n")
            #expect(client.lines.allSatisfy { $0.utf8.count < 600 && Int($0.prefix(3)) != nil })
        }
    }
}

/// A client that keeps what it is told and a keeper that stores at once.
struct LMTPScript {
    private var session: LMTPSession
    private(set) var lines: [String] = []
    private(set) var delivered: [(envelope: LMTPEnvelope, data: [UInt8])] = []
    private(set) var isClosed = false
    var outcomes: [String: LMTPOutcome] = [:]

    init(limits: LMTPLimits = LMTPLimits(), offersTLS: Bool = false) {
        session = LMTPSession(hostname: "desk.example", limits: limits, offersTLS: offersTLS)
        take(session.greeting())
    }

    /// The codes of the last lines of all replies behind the greeting.
    var codes: [String] {
        lines.dropFirst().filter { $0.dropFirst(3).first == " " }.map { String($0.prefix(3)) }
    }

    mutating func send(_ text: String) { take(session.receive(text.utf8)) }

    mutating func send(_ bytes: some Sequence<UInt8>) { take(session.receive(bytes)) }

    private mutating func take(_ actions: [LMTPSession.Action]) {
        for action in actions {
            switch action {
            case .reply(let text):
                lines += text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
            case .deliver(let envelope, let data):
                delivered.append((envelope, data))
                take(session.delivered(envelope.recipients.map { outcomes[$0] ?? .stored(ticketID: 1, messageID: 1) }))
            case .startTLS(let text): lines.append(text.replacing("\r\n", with: ""))
            case .close: isClosed = true
            }
        }
    }
}
