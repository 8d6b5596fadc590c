import Model
import RPC
import Store
import Synchronization
import Wire

/// Gives the operator a copy of everything that this service owns, while it goes on working.
///
/// The call is the backup's life: when it ends, however it ends, the writer goes on and the snapshot is closed.
struct BackupService: BackupHandler {
    /// How long the writer may be held for all services to be frozen at once.
    static let longestHoldMilliseconds: Int64 = 900
    /// Bytes of a file in one part.
    static let partBytes = 256 * 1_024

    private let store: Store
    private let files: OwnedFiles
    private let service: String
    private let running: RunningBackup

    init(service: String, store: Store, folder: String) {
        self.service = service
        self.store = store
        files = OwnedFiles(folder: folder)
        files.removeCopies()
        running = RunningBackup()
    }

    func take(
        _ request: TakeBackupRequest, _ context: CallContext, _ responses: ResponseStream<BackupPart>
    ) async throws {
        guard (0...Self.longestHoldMilliseconds).contains(request.limitMilliseconds) else {
            throw RPCError.invalidField("limit_ms", "must be from 0 to \(Self.longestHoldMilliseconds)")
        }
        let limit: Duration = .milliseconds(
            request.limitMilliseconds == 0 ? Self.longestHoldMilliseconds : request.limitMilliseconds)
        let thaw = Signal()
        let token = try running.begin(thaw)
        defer { running.end() }
        let copy = try files.makeCopyPath(token)
        defer { files.removeCopies() }
        try await snapshot(to: copy, limit, token, thaw, responses)
        // Files are read off the connection's thread, which has others to serve.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await send(copy, as: OwnedFiles.database, responses)
            for path in try files.list() { try await send(files.folder + "/" + path, as: path, responses) }
        }
    }

    func thaw(_ request: ThawBackupRequest, _ context: CallContext) async throws -> ThawBackupResponse {
        guard running.thaw(request.token) else { throw RPCError.notFound("backup") }
        return ThawBackupResponse()
    }

    /// Freezes, waits for the word to go on, and writes the database as it stood to `copy`.
    private func snapshot(
        to copy: String, _ limit: Duration, _ token: String, _ thaw: Signal, _ responses: ResponseStream<BackupPart>
    ) async throws {
        let snapshot = try await store.freeze(limit: limit)
        let started = ContinuousClock.now
        do {
            let head = snapshot.position
            let follows = try await snapshot.read { try $0.cursors() }
            let frozen = BackupFrozen(
                token: token, head: Place(service: service, term: head.term, offset: head.offset),
                follows: follows.map { Place(service: $0.source, term: $0.term, offset: $0.offset) })
            try await responses.send(BackupPart(part: .frozen(frozen)))
            await thaw.wait(atMost: limit)
            let isInTime = snapshot.release() && thaw.isSet
            try Task.checkCancellation()
            guard isInTime else {
                throw RPCError(
                    .aborted, "the writer could not be held for longer than \(limit)",
                    detail: ErrorDetail(code: "backup_too_slow"))
            }
            let held = BackupThawed(heldMilliseconds: Int64((ContinuousClock.now - started) / .milliseconds(1)))
            try await responses.send(BackupPart(part: .thawed(held)))
            try await snapshot.copy(to: copy)
        } catch {
            await snapshot.close()
            throw error
        }
        await snapshot.close()
    }

    private func send(_ path: String, as name: String, _ responses: ResponseStream<BackupPart>) async throws {
        let file = try OwnedFile(path)
        var isEmpty = true
        while true {
            let bytes = try file.read(Self.partBytes)
            if bytes.isEmpty && !isEmpty { return }
            isEmpty = false
            try await responses.send(BackupPart(part: .data(BackupData(path: name, data: bytes))))
            if bytes.isEmpty { return }
        }
    }
}

/// The one backup that a service may be taking.
private final class RunningBackup: Sendable {
    private let current = Mutex<(token: String, thaw: Signal)?>(nil)

    /// Begins one; returns its token.
    func begin(_ thaw: Signal) throws -> String {
        let token = SecureRandom.bytes(16).hexadecimal
        try current.withLock { current in
            guard current == nil else {
                throw RPCError(
                    .aborted, "another backup of this service is being taken",
                    detail: ErrorDetail(code: "backup_in_progress"))
            }
            current = (token, thaw)
        }
        return token
    }

    /// False when there is no such backup.
    func thaw(_ token: String) -> Bool {
        current.withLock { current in
            guard let current, current.token == token else { return false }
            current.thaw.set()
            return true
        }
    }

    func end() {
        current.withLock { $0 = nil }
    }
}
