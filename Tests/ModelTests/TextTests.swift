import Model
import Testing

@Suite("Text forms")
struct TextTests {
    @Test("Bytes survive base64url, and nothing but its own output is read")
    func base64() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        for refused in ["A", "AB=", "A+", "-_9", "é"] { #expect(Base64URL.decode(refused) == nil) }
    }

    @Test("Addresses are compared in lower case, without spaces around")
    func addresses() {
        #expect(EmailAddress.normalized(" Ada@Example.COM ") == "ada@example.com")
        #expect(EmailAddress.domain(of: "ada@example.com") == "example.com")
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "ada", "@x.org", "ada@", "a@b@c", "a b@x.org", "a\r\n@x.org", "<a@x.org>", "a@.x", "a@x..y", "a@x.",
        ])
    func refusedAddresses(_ text: String) {
        #expect(EmailAddress.normalized(text) == nil)
    }

    @Test("A trace goes on with the same id and another span")
    func traces() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let trace = try #require(TraceParent(text))
        #expect(trace.description == text && trace.isSampled)
        var generator = SystemRandomNumberGenerator()
        let child = trace.child(using: &generator)
        #expect(child.traceID == trace.traceID && child.spanID != trace.spanID)
        let made = TraceParent(using: &generator)
        #expect(TraceParent(made.description) == made)
        let continued = TraceParent(continuing: made.description, using: &generator)
        #expect(continued.traceID == made.traceID && continued.spanID != made.spanID)
        for header in [nil, "", "nonsense"] {
            #expect(TraceParent(continuing: header, using: &generator).traceID != made.traceID)
        }
    }

    @Test(
        "A traceparent keeps its zeroes, and of a later version what we know",
        arguments: [
            ("00-00000000000000010000000000000000-00000000000000ff-00", "00000000000000010000000000000000", false),
            ("01-0000000000000000000000000000000a-0000000000000001-03-more", "0000000000000000000000000000000a", true),
            ("cc-f0000000000000000000000000000000-8000000000000000-01", "f0000000000000000000000000000000", true),
        ])
    func readTraces(_ text: String, id: String, isSampled: Bool) throws {
        let trace = try #require(TraceParent(text))
        #expect(trace.traceID == id && trace.isSampled == isSampled)
        #expect(trace.description == "00-\(id)-\(trace.spanID)-\(isSampled ? "01" : "00")")
        #expect(text.contains("-\(trace.spanID)-"))
    }

    @Test(
        "A malformed traceparent is none",
        arguments: [
            "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "0-00af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ])
    func refusedTraces(_ text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test(
        "Text is cut at whole scalars",
        arguments: [(0, ""), (1, "a"), (2, "a"), (3, "aü"), (5, "aü"), (6, "aü日"), (7, "aü日b"), (9, "aü日b")])
    func cut(limit: Int, expected: String) {
        #expect("aü日b".prefix(utf8Bytes: limit) == expected)
    }

    @Test("One character of a megabyte is cut like any other text")
    func cutCharacter() {
        let accents = "a" + String(repeating: "\u{301}", count: 1 << 19)
        #expect(accents.prefix(utf8Bytes: 1 << 16).utf8.count == (1 << 16) - 1)
    }

    @Test("A delivery's tag is read as it was written, and nothing else is one")
    func deliveryTags() {
        let tag = DeliveryTag.make()
        #expect(DeliveryTag.tag(DeliveryTag.part(tag)) == tag && DeliveryTag.make() != tag)
        for part in ["", "b", "d12345678", "b1234567", "b123456789", "bABCDEF01", "b1234567g"] {
            #expect(DeliveryTag.tag(part) == nil)
        }
    }

    @Test("A cursor leads back to its values, and only in its own list")
    func cursors() throws {
        let cursor = ListCursor([.integer(-5), .text("naïve")])
        let text = cursor.encoded(for: "tickets.created")
        #expect(try ListCursor.decode(text, for: "tickets.created", shape: [.integer(0), .text("")]) == cursor)
        #expect(try ListCursor.decode("", for: "tickets.created", shape: [.integer(0)]) == nil)
        #expect(throws: InvalidRequest.self) {
            try ListCursor.decode(text, for: "tickets.updated", shape: [.integer(0), .text("")])
        }
        #expect(throws: InvalidRequest.self) {
            try ListCursor.decode(text, for: "tickets.created", shape: [.integer(0)])
        }
        #expect(throws: InvalidRequest.self) { try ListCursor.decode("AAAA", for: "x", shape: []) }
        #expect(throws: InvalidRequest.self) { try ListCursor.decode("!", for: "x", shape: []) }
    }

    @Test("A list answers 50 items by default and 200 at most")
    func limits() throws {
        #expect(try ListLimit.items(0) == 50)
        #expect(try ListLimit.items(200) == 200)
        #expect(throws: InvalidRequest("limit", "must be between 1 and 200")) { try ListLimit.items(201) }
        #expect(throws: InvalidRequest.self) { try ListLimit.items(-1) }
        let megabyte = 1 << 20
        for (sizes, count) in [([], 0), ([9 * megabyte, 1], 1), ([megabyte, megabyte, megabyte, 1], 3), ([1, 1], 2)] {
            #expect(ListLimit.fitting(sizes) { $0 } == count)
        }
    }
}
