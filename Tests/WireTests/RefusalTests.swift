import Model
import Testing
import Wire

/// What a hostile or broken peer may send, and which field the refusal names.
@Suite("Refusals")
struct RefusalTests {
    private let name = "firstline.v1.CreateTicketRequest"

    /// A CreateTicketRequest whose requester's address (field 2 of field 4) is these bytes.
    private func request(email: [UInt8]) -> [UInt8] {
        [0x22, UInt8(email.count + 2), 0x12, UInt8(email.count)] + email
    }

    @Test("A NUL within a string is refused, in and out")
    func containsNUL() throws {
        let error = MessageError(message: name, field: "requester.email", fault: .containsNUL)
        #expect(throws: error) { try CreateTicketRequest(serialized: request(email: [0x61, 0, 0x62])) }
        let message = CreateTicketRequest(requester: RequesterReference(email: "a\0b"))
        #expect(throws: error) { try message.serialized() }
        let tags = MessageError(message: name, field: "tags[1]", fault: .containsNUL)
        #expect(throws: tags) { try CreateTicketRequest(tags: ["a", "\0"]).serialized() }
    }

    @Test(
        "A string that is not UTF-8 is refused",
        arguments: [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let error = MessageError(message: name, field: "requester.email", fault: .notUTF8)
        #expect(throws: error) { try CreateTicketRequest(serialized: request(email: bytes)) }
    }

    @Test("An enum value that is not known is refused")
    func unknownEnumValue() {
        let error = MessageError(message: name, field: "priority", fault: .unknownEnumValue(9))
        #expect(throws: error) { try CreateTicketRequest(serialized: [0x28, 9]) }
        // -1 takes ten bytes.
        let negative = [0x28] + [UInt8](repeating: 0xff, count: 9) + [1]
        let other = MessageError(message: name, field: "priority", fault: .unknownEnumValue(-1))
        #expect(throws: other) { try CreateTicketRequest(serialized: negative) }
        let list = MessageError(
            message: ListTicketsRequest.messageName, field: "statuses[1]", fault: .unknownEnumValue(7))
        #expect(throws: list) { try ListTicketsRequest(serialized: [0x0a, 2, 1, 7]) }
    }

    @Test(
        "A message cut off within a field, or with a value of the wrong kind, is refused with the field's name",
        arguments: [
            ([0x0a, 5, 0x61], "subject"),  // Five bytes announced, one there.
            ([0x22, 3, 0x12, 5, 0x61], "requester.email"),
            ([0x22, 2, 0x08, 0x80], "requester.id"),  // A varint without its end.
            ([0x08, 1], "subject"),  // A varint where text belongs.
            ([0x2a, 1, 0x61], "priority"),
            ([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], "subject"),  // Four gigabytes announced.
            ([0x0b], "subject"),  // A group.
            ([0x80], ""),  // A broken tag.
            ([0x00], ""),  // Field 0.
        ] as [([UInt8], String)])
    func malformed(bytes: [UInt8], field: String) {
        let error = MessageError(message: name, field: field, fault: .malformed)
        #expect(throws: error) { try CreateTicketRequest(serialized: bytes) }
    }

    @Test("Every way to cut a message off is refused or leaves a shorter message, and never more")
    func truncation() throws {
        var samples = Samples(seed: 2)
        for _ in 0..<50 {
            let bytes = try Ticket.sample(&samples).serialized()
            for count in 0..<bytes.count {
                guard let part = try? Ticket(serialized: Array(bytes[..<count])) else { continue }
                #expect(try part.serialized().count <= count)
            }
        }
    }

    @Test("A small message that would fill the memory is refused with the name of the field that does")
    func tooLarge() throws {
        // A million empty tickets: two megabytes that would be hundreds in memory.
        let bytes = [UInt8]([0x12, 1, 0x61]) + Array(repeatElement([0x0a, 0] as [UInt8], count: 1_000_000).joined())
        let thrown = #expect(throws: MessageError.self) { try ListTicketsResponse(serialized: bytes) }
        guard let thrown, case .tooLarge(let limit) = thrown.fault else {
            Issue.record("not refused as too large")
            return
        }
        #expect(thrown.field == "tickets")
        #expect(limit < 64 * 1024 * 1024)
    }

    @Test("A fault behind so many fields is refused all the same, without a name")
    func farFault() {
        let bytes = Array(repeatElement([0x08, 1] as [UInt8], count: 20_000).joined()) + [0x7b]
        let error = MessageError(message: GetTicketRequest.messageName, field: "", fault: .malformed)
        #expect(throws: error) { try GetTicketRequest(serialized: bytes) }
    }

    @Test("Random bytes never do more than fail")
    func garbage() {
        var samples = Samples(seed: 3)
        for type in everyMessage {
            for _ in 0..<200 { feed(samples.bytes(), to: type) }
        }
    }

    @Test("A damaged message never does more than fail")
    func damage() throws {
        var samples = Samples(seed: 4)
        for type in everyMessage {
            for _ in 0..<100 {
                var bytes = try type.sample(&samples).serialized()
                guard let index = bytes.indices.randomElement(using: &samples) else { continue }
                bytes[index] = UInt8(truncatingIfNeeded: samples.next())
                feed(bytes, to: type)
            }
        }
    }

    private func feed<Message: WireMessage>(_ bytes: [UInt8], to type: Message.Type) {
        do throws(MessageError) {
            _ = try Message(serialized: bytes)
        } catch {
            #expect(error.message == Message.messageName)
        }
    }
}
