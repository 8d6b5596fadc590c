// swift-protobuf as a peer of Firstline's messages: decodes and encodes them, alone.
// Usage: CodecPeer --samples DIR [--count N]
import Messages
import SwiftProtobuf

let options = Options(CommandLine.arguments.dropFirst())
let count = Int(options.number("--count", default: 500_000))
let reply: Firstline_V1_TicketReply = try options.sample("reply")
try measure("ticket", reply.ticket, count)
try measure("request", try options.sample("request") as Firstline_V1_CreateTicketRequest, count)
try measure("reply", reply, count)
try measure("entry", try options.sample("entry") as Firstline_V1_FollowResponse, count)

private func measure<Message: SwiftProtobuf.Message>(_ name: String, _ message: Message, _ count: Int) throws {
    let bytes: [UInt8] = try message.serializedBytes()
    _ = try time(count / 10) { try decode(bytes, as: Message.self) }
    let decoding = try time(count) { try decode(bytes, as: Message.self) }
    let encoding = try time(count) { try encode(message) }
    report(["message": name, "bytes": bytes.count, "decode_ns": decoding, "encode_ns": encoding])
}

@inline(never)
private func decode<Message: SwiftProtobuf.Message>(_ bytes: [UInt8], as type: Message.Type) throws {
    let message = try Message(serializedBytes: bytes)
    withExtendedLifetime(message) {}
}

@inline(never)
private func encode(_ message: some SwiftProtobuf.Message) throws {
    let bytes: [UInt8] = try message.serializedBytes()
    precondition(!bytes.isEmpty, "the message has content")
}

/// Nanoseconds of processor time each.
private func time(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
    let start = cpuSeconds()
    for _ in 0..<count { try body() }
    return (cpuSeconds() - start) * 1e9 / Double(count)
}
