import RPC
import Synchronization

/// The random numbers that name traces and spans: the system's, fetched many at once, for one by one they would cost each call three system
/// calls. They wait in memory, so nothing that must not be guessed is made of them.
struct TraceRandomness: RandomNumberGenerator {
    private static let fetchedBytes = 4_096
    private static let stock = Mutex<[UInt64]>([])

    mutating func next() -> UInt64 {
        TraceRandomness.stock.withLock { stock in
            if stock.isEmpty {
                stock = SecureRandom.bytes(TraceRandomness.fetchedBytes).withUnsafeBytes { bytes in
                    stride(from: 0, to: bytes.count, by: MemoryLayout<UInt64>.size).map {
                        bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
                    }
                }
            }
            return stock.removeLast()
        }
    }
}
