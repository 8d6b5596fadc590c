import GRDB
import GRDBSQLite
import Synchronization

/// The store as it was at one place of its journal, kept readable while the writer goes on: what a backup is copied from.
///
/// It keeps the write-ahead log from beginning anew, so it ends by itself when the log outgrows ``StoreLimits/snapshotLogPages``.
///
/// `@unchecked Sendable`: `connection` is only touched on the serial queue of `database`; the rest stands behind mutexes.
public final class StoreSnapshot: @unchecked Sendable {
    /// The newest entry that it holds.
    public let position: JournalPosition

    private enum State { case open, expired, closed }

    private let database: DatabaseQueue
    private let connection: EmbeddedConnection
    private let hold: WriterHold
    private let registry: OpenSnapshots
    private let state = Mutex(State.open)

    init(
        position: JournalPosition, database: DatabaseQueue, connection: EmbeddedConnection, hold: WriterHold,
        registry: OpenSnapshots
    ) {
        self.position = position
        self.database = database
        self.connection = connection
        self.hold = hold
        self.registry = registry
        registry.add(self)
    }

    /// Lets the writer go on. Returns whether it rested until now: if not, the freeze's limit had passed, and what other stores
    /// did meanwhile may not fit this snapshot.
    @discardableResult
    public func release() -> Bool {
        hold.release()
    }

    /// Runs `body` on the snapshot; exempt from the time limit of reads.
    /// - Throws: ``StoreError/snapshotExpired``, ``StoreError/closed``, and what `body` throws.
    public func read<R: Sendable>(_ body: @escaping @Sendable (Reader) throws -> R) async throws -> R {
        try await onQueue { try body(Reader($0)) }
    }

    /// Writes the whole snapshot to a new file at `path`, mode 0600: a complete database that stands alone, fsynced with its folder.
    ///
    /// The writer is let go first if it still rests. After an error there is no file at `path`.
    /// - Throws: ``StoreError/snapshotExpired``, ``StoreError/full``, ``StoreError/io(code:message:)`` (EEXIST when `path` exists).
    public func copy(to path: String) async throws {
        release()
        try await onQueue { connection in
            try SnapshotCopy(source: connection.handle, path: path).run { try self.check() }
        }
    }

    /// Lets go of the writer and of the log. A copy that runs is waited for.
    public func close() async {
        release()
        state.withLock { if $0 == .open { $0 = .closed } }
        registry.remove(self)
        try? await database.writeWithoutTransaction { _ in self.finish() }
        try? database.close()
    }

    /// The log has outgrown its limit: ends the snapshot, also within a copy.
    func expire() {
        state.withLock { if $0 == .open { $0 = .expired } }
        database.asyncWriteWithoutTransaction { _ in self.finish() }
    }

    private func onQueue<R: Sendable>(_ body: @escaping @Sendable (EmbeddedConnection) throws -> R) async throws -> R {
        try check()
        do {
            return try await database.writeWithoutTransaction { _ in
                try self.check()
                return try body(self.connection)
            }
        } catch {
            throw StoreError.translate(error)
        }
    }

    private func check() throws(StoreError) {
        switch state.withLock({ $0 }) {
        case .open: break
        case .expired: throw .snapshotExpired
        case .closed: throw .closed
        }
    }

    private func finish() {
        if connection.isFinished { return }
        if connection.isInTransaction { try? connection.rollback() }
        connection.finish()
    }
}
