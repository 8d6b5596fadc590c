import Model
import Synchronization
import Wire

/// What a download sent.
final class Chunks: ResponseStream {
    private let received = Mutex<[UInt8]>([])

    var bytes: [UInt8] { received.withLock { $0 } }

    func send(_ response: Chunk) async throws {
        received.withLock { $0 += response.data }
    }
}
