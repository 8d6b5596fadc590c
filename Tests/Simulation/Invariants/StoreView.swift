import GRDB

@testable import Store

/// Looks at what is committed in a service's store, beside the service.
final class StoreView {
    private let queue: DatabaseQueue
    private let connection: Connection

    init(folder: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: folder + "/store.sqlite", configuration: configuration)
        connection = try queue.writeWithoutTransaction { try Connection($0, statementLimit: 64) }
    }

    /// Runs `body` on a snapshot.
    func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { _ in
            try connection.run("BEGIN DEFERRED")
            defer { try? connection.run("ROLLBACK") }
            return try body(Reader(connection))
        }
    }

    func close() {
        queue.writeWithoutTransaction { _ in connection.finish() }
        try? queue.close()
    }
}
