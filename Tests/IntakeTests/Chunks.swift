import FirstlineTesting
import Model
import Wire

/// What a download sent.
struct Chunks {
    private let sent = CollectedResponses()

    /// Where the download goes.
    var stream: ResponseStream<Chunk> { ResponseStream(sent) }

    var bytes: [UInt8] {
        get throws { try sent.all.flatMap { try Chunk(serialized: $0).data } }
    }
}
