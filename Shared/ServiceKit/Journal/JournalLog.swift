import Logging
import Model
import ServiceLifecycle
import Store

/// Says in the log what this service has committed to its journal, each entry within the trace that led to it. What it says is true: it
/// reads what is on disk, whichever call, follower or worker wrote it.
struct JournalLog: Service {
    /// The most entries read at once.
    static let limitEntries = 500
    /// The longest wait for an entry.
    static let patience: Duration = .seconds(30)
    /// How long entries gather before they are read: commits that come close together cost one reading.
    static let gathering: Duration = .milliseconds(20)

    let service: String
    let store: Store
    let logger: Logger
    /// The kinds of which something is said at the logger's level.
    private let kinds: [String]

    init(service: String, store: Store, logger: Logger) {
        self.service = service
        self.store = store
        self.logger = logger
        kinds = JournalLine.lines.filter { $0.value.level >= logger.logLevel }.keys.sorted()
    }

    func run() async throws {
        guard !kinds.isEmpty else { return await cancelWhenGracefulShutdown { await Signal().wait() } }
        var last = await store.head.offset
        last = await cancelWhenGracefulShutdown { [last] in await follow(after: last) }
        // What was committed while the service drained.
        _ = try? await logEntries(after: last)
    }

    /// Logs each entry after `offset` until the task is cancelled; the offset of the last.
    private func follow(after offset: Int64) async -> Int64 {
        var last = offset
        while !Task.isCancelled {
            await store.waitForHead(after: last, timeout: Self.patience)
            try? await Task.sleep(for: Self.gathering)
            if Task.isCancelled { break }
            do { last = try await logEntries(after: last) } catch {
                if Task.isCancelled { break }
                logger.warning("journal cannot be read for the log", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
        return last
    }

    /// Logs what stands in the journal after `offset`; how far that was.
    func logEntries(after offset: Int64) async throws -> Int64 {
        let head = await store.head.offset
        var last = offset
        while last < head {
            let after = last
            let rows = try await store.read { [kinds] reader in
                try reader.entries(after: after, through: head, kinds: kinds, limit: Self.limitEntries)
            }
            for row in rows { log(row) }
            last = rows.count < Self.limitEntries ? head : rows[rows.count - 1].offset
        }
        return last
    }

    private func log(_ row: JournalRow) {
        guard let line = JournalLine(kind: row.kind) else { return }
        TraceContext.$current.withValue(TraceParent(row.traceParent)) {
            logger.log(level: line.level, line.message, metadata: line.metadata(row, of: service))
        }
    }
}
