import IntakeServer
import Testing

@Suite("LMTP chunks and TLS") struct LMTPChunkingTests {
    private static let opening = "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nRCPT TO:<d@b>\r\n"

    @Test("A mail in chunks is put together; nothing in it has a meaning, and each recipient gets a reply")
    func chunks() {
        var client = LMTPScript()
        client.send(Self.opening + "BDAT 6\r\nab\r\n.\rBDAT 0\r\nBDAT 9 LAST\r\n\n..\r\nQUITNOOP\r\n")
        #expect(client.delivered.map(\.data) == [Array("ab\r\n.\r\n..\r\nQUIT".utf8)])
        #expect(client.codes == ["250", "250", "250", "250", "250", "250", "250", "250", "250"])
        client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nBDAT 1 last\r\nx")
        #expect(client.delivered.last?.data == [UInt8(ascii: "x")])
        client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nBDAT 1\r\nyBDAT 0 LAST\r\n")
        #expect(client.delivered.last?.data == [UInt8(ascii: "y")])
    }

    @Test("A conversation in chunks cut at every byte goes the same way")
    func everyByte() {
        let conversation = Array((Self.opening + "BDAT 3\r\na\r\nBDAT 4 LAST\r\nb\r\n.QUIT\r\n").utf8)
        for cut in conversation.indices {
            var client = LMTPScript()
            client.send(conversation[..<cut])
            client.send(conversation[cut...])
            #expect(client.delivered.map(\.data) == [Array("a\r\nb\r\n.".utf8)])
            #expect(client.codes == ["250", "250", "250", "250", "250", "250", "250", "221"])
        }
    }

    @Test("Between chunks only chunks, and what ends the mail, are taken")
    func between() {
        var client = LMTPScript()
        client.send(
            Self.opening + "BDAT 1\r\naMAIL FROM:<x@y>\r\nRCPT TO:<x@y>\r\nDATA\r\nNOOP\r\nRSET\r\nBDAT 2 LAST\r\nhi")
        #expect(client.codes.suffix(7) == ["250", "503", "503", "503", "250", "250", "503"])
        #expect(client.delivered.isEmpty)
    }

    @Test("A chunk out of place is read over, never taken for commands")
    func outOfPlace() {
        var client = LMTPScript()
        client.send(
            "BDAT 6 LAST\r\nQUIT\r\nLHLO x\r\nBDAT 6\r\nQUIT\r\nMAIL FROM:<a@b>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")
        #expect(client.codes == ["503", "250", "503", "250", "503", "250"])
        #expect(!client.isClosed && client.delivered.isEmpty)
    }

    @Test(
        "A chunk without a size that can be read ends the connection",
        arguments: ["", " x", " -1", " 1 FIRST", " 1 LAST x", " 99999999999"])
    func withoutSize(words: String) {
        var client = LMTPScript()
        client.send(Self.opening + "BDAT\(words)\r\nNOOP\r\n")
        #expect(client.codes.last == "421" && client.isClosed)
    }

    @Test("Chunks that are too much together are refused, the last one for each recipient")
    func oversize() {
        var limits = LMTPLimits()
        limits.maxMessageBytes = 10
        var client = LMTPScript(limits: limits)
        client.send(Self.opening + "BDAT 6\r\nabcdefBDAT 6 LAST\r\nabcdefNOOP\r\n")
        #expect(client.codes.suffix(4) == ["250", "552", "552", "250"])
        client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nBDAT 11\r\nabcdefghijkBDAT 1 LAST\r\nxNOOP\r\n")
        #expect(client.codes.suffix(3) == ["552", "503", "250"])
        #expect(client.delivered.isEmpty)
    }

    @Test("STARTTLS is offered once, begins anew, and bears nothing behind it")
    func startTLS() {
        var client = LMTPScript(offersTLS: true)
        client.send("STARTTLS\r\nLHLO x\r\nSTARTTLS now\r\n")
        #expect(client.codes == ["503", "250", "501"])
        #expect(client.lines.contains("250-STARTTLS"))
        client.send("MAIL FROM:<a@b>\r\nSTARTTLS\r\nRSET\r\n")
        client.send("STARTTLS\r\n")
        #expect(client.codes.suffix(4) == ["250", "503", "250", "220"])
        client.send("MAIL FROM:<a@b>\r\nLHLO x\r\nSTARTTLS\r\n")
        #expect(client.codes.suffix(3) == ["503", "250", "502"])
        #expect(client.lines.count { $0 == "250-STARTTLS" } == 1)
        var smuggler = LMTPScript(offersTLS: true)
        smuggler.send("LHLO x\r\nSTARTTLS\r\nMAIL FROM:<admin@b>\r\n")
        #expect(smuggler.codes == ["250", "421"] && smuggler.isClosed)
    }
}
