import Hummingbird
import NIOCore

/// Writes a streamed answer to the connection.
///
/// Sendable without a lock: one request has one writer, and whoever streams writes one piece after the other, each awaited.
final class StreamWriter: AnswerWriter, @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws {
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    func finish() async throws {
        try await writer.finish(nil)
    }
}
