#if canImport(Glibc)
    import Glibc
#endif
import Logging

/// A failure after which what was acknowledged can no longer be vouched for: an fsync that failed, an I/O error at a commit.
public struct StoreFailure: Error, Sendable, Hashable {
    /// Where: the service's name, or the blobs' folder.
    public let store: String
    /// What was attempted: "commit", "checkpoint", "fsync".
    public let operation: String
    /// SQLite's extended code, or the system's errno.
    public let code: Int32
    public let message: String
    /// Whether starting again may mend it: the database is elsewhere and was lost, or somebody else leads.
    public let isTemporary: Bool

    public init(store: String, operation: String, code: Int32, message: String, isTemporary: Bool = false) {
        self.store = store
        self.operation = operation
        self.code = code
        self.message = message
        self.isTemporary = isTemporary
    }

    /// What a service does: says so and ends at once, with EX_IOERR or EX_TEMPFAIL, without any further write. An fsync is never retried.
    @Sendable public static func stop(_ failure: StoreFailure) {
        Logger(label: "firstline.store").critical(
            "store failed, stopping",
            metadata: [
                "store.name": "\(failure.store)", "store.operation": "\(failure.operation)",
                "error.code": "\(failure.code)", "error.message": "\(failure.message)",
            ])
        _exit(failure.isTemporary ? 75 : 74)
    }
}
