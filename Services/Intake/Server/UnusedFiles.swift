import Logging
import ServiceLifecycle
import Store

/// Forgets, once an hour, uploads that nobody ended and files that no message names, after a day, and suspended mails after their time.
struct UnusedFiles: Service {
    let store: Store
    let blobs: any BlobStore
    let clock: any WallClock
    let logger: Logger

    private static let interval: Duration = .seconds(3600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                do {
                    try await clock.sleep(for: Self.interval)
                    try await collect()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Unused files were not collected", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Removes what is old and unnamed now; returns how many files.
    @discardableResult
    func collect() async throws -> Int {
        let oldest = clock.nowMilliseconds - BlobLimits.unnamedMilliseconds
        try await store.write("forget unused files") { try $0.deleteUnused(before: oldest) }
        let oldestMail = clock.nowMilliseconds - SuspendedMailLimits.milliseconds
        try await store.write("forget suspended mails") { try $0.deleteSuspendedMails(before: oldestMail) }
        return try await blobs.collect { hashes in
            try await store.read { try $0.namedBlobs(among: hashes) }
        }
    }
}
