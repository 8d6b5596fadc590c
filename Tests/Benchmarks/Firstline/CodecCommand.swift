import ArgumentParser
import Model
import Wire

/// Decodes and encodes the messages, alone.
struct CodecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "codec", abstract: "Decodes and encodes messages.")

    @Option(help: "How often each.")
    var count = 500_000

    func run() throws {
        try measure("ticket", Samples.ticket)
        try measure("request", Samples.request)
        try measure("reply", Samples.reply)
        try measure("entry", FollowResponse(entries: [Samples.entry(offset: 123_456)], term: 1, head: 123_456))
    }

    private func measure<Message: WireMessage>(_ name: String, _ message: Message) throws {
        let bytes = try message.serialized()
        // Once unmeasured, to have the arena and the caches as they are later.
        _ = try time(count / 10) { try decode(bytes, as: Message.self) }
        let decoding = try time(count) { try decode(bytes, as: Message.self) }
        let encoding = try time(count) { try encode(message) }
        try JSONLine.print(
            Result(message: name, bytes: bytes.count, decodeNanoseconds: decoding, encodeNanoseconds: encoding))
    }

    @inline(never)
    private func decode<Message: WireMessage>(_ bytes: [UInt8], as type: Message.Type) throws {
        let message = try bytes.withUnsafeBytes { try Message(decoding: $0) }
        withExtendedLifetime(message) {}
    }

    @inline(never)
    private func encode(_ message: some WireMessage) throws {
        try message.withEncoded { precondition(!$0.isEmpty, "the message has content") }
    }

    /// Nanoseconds of processor time each.
    private func time(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = ProcessorTime.now
        for _ in 0..<count { try body() }
        return (ProcessorTime.now - start) / .nanoseconds(1) / Double(count)
    }

    private struct Result: Encodable {
        var message: String
        var bytes: Int
        var decodeNanoseconds: Double
        var encodeNanoseconds: Double

        enum CodingKeys: String, CodingKey {
            case message
            case bytes
            case decodeNanoseconds = "decode_ns"
            case encodeNanoseconds = "encode_ns"
        }
    }
}
