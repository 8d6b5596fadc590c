import CWire
import Model
import Testing

@testable import Wire

@Suite("Round trip")
struct RoundTripTests {
    @Test("Every message survives the wire", arguments: everyMessage.indices)
    func everyMessageSurvives(index: Int) throws {
        try roundTrip(everyMessage[index], seed: UInt64(index))
    }

    @Test("What we write is, byte by byte, what protobuf-c would write", arguments: everyMessage.indices)
    func sameBytesAsProtobufC(index: Int) throws {
        var samples = Samples(seed: UInt64(index))
        for _ in 0..<100 { try compare(everyMessage[index].sample(&samples)) }
    }

    private func compare(_ message: some SampleMessage) throws {
        guard let message = message as? any CMessage else { preconditionFailure("our messages have a C form") }
        let bytes = try message.serialized()
        #expect(try repacked(message, bytes) == bytes)
    }

    /// Decoded by protobuf-c, and encoded again by it.
    private func repacked<Message: CMessage>(_ message: Message, _ bytes: [UInt8]) throws -> [UInt8] {
        let arena = Arena(ceilingBytes: .max)
        defer { arena.leave() }
        let unpacked = bytes.withUnsafeBufferPointer { Message.unpack(arena.allocator, $0.count, $0.baseAddress) }
        let base = UnsafeRawPointer(try #require(unpacked)).assumingMemoryBound(to: ProtobufCMessage.self)
        var packed = [UInt8](repeating: 0, count: protobuf_c_message_get_packed_size(base))
        protobuf_c_message_pack(base, &packed)
        return packed
    }

    private func roundTrip<Message: SampleMessage>(_ type: Message.Type, seed: UInt64) throws {
        var samples = Samples(seed: seed)
        for _ in 0..<200 {
            let message = Message.sample(&samples)
            let bytes = try message.serialized()
            #expect(try Message(serialized: bytes) == message)
        }
    }

    @Test("A large upload chunk survives the wire")
    func largeChunk() throws {
        let chunk = AppendUploadRequest(token: "t", data: [UInt8](repeating: 7, count: 3_000_000))
        #expect(try AppendUploadRequest(serialized: chunk.serialized()) == chunk)
    }

    @Test("Long lists of empty values survive the wire")
    func emptyValues() throws {
        let tickets = ListTicketsResponse(tickets: Array(repeating: Ticket(), count: 200))
        #expect(try ListTicketsResponse(serialized: tickets.serialized()) == tickets)
        let tags = TagList(tags: Array(repeating: "", count: 1000))
        #expect(try TagList(serialized: tags.serialized()) == tags)
    }

    @Test("A message can be encoded and decoded while another is being written")
    func nested() throws {
        let outer = Ticket(id: 1, subject: "outer", tags: ["a", "b"])
        let expected = try outer.serialized()
        try outer.withEncoded { bytes in
            let inner = try Ticket(subject: String(repeating: "inner", count: 100_000)).serialized()
            _ = try Ticket(serialized: inner)
            #expect(Array(bytes) == expected)
        }
    }

    @Test("An absent optional is not its zero")
    func absence() throws {
        let unassigned = ListTicketsRequest(assigneeID: 0)
        #expect(try ListTicketsRequest(serialized: unassigned.serialized()).assigneeID == 0)
        #expect(try ListTicketsRequest(serialized: ListTicketsRequest().serialized()).assigneeID == nil)
        let cleared = UpdateRequesterRequest(id: 1, name: "")
        #expect(try UpdateRequesterRequest(serialized: cleared.serialized()) == cleared)
    }

    @Test("Unknown fields of a newer sender are passed over")
    func unknownFields() throws {
        // Field 1000, length-delimited, two bytes.
        let bytes = try TagList(tags: ["a"]).serialized() + [0xc2, 0x3e, 2, 1, 2]
        #expect(try TagList(serialized: bytes) == TagList(tags: ["a"]))
    }

    @Test("Bytes are what any other protobuf library would write")
    func knownBytes() throws {
        let user = UpdateUserRequest(id: 150, name: "", role: .admin)
        #expect(try user.serialized() == [0x08, 0x96, 0x01, 0x12, 0x00, 0x20, 0x04])
    }
}
