import GRDB

@testable import Store

/// Looks at what is committed in a service's store, beside the service.
final class StoreView {
    private let queue: DatabaseQueue
    private let connection: EmbeddedConnection

    init(folder: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: folder + "/store.sqlite", configuration: configuration)
        connection = try queue.writeWithoutTransaction { [queue] in
            try EmbeddedConnection($0, of: queue, statementLimit: 64)
        }
    }

    /// Runs `body` on a snapshot.
    func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { _ in
            try connection.beginReading(within: .zero)
            defer { try? connection.rollback() }
            return try body(Reader(connection))
        }
    }

    func close() {
        queue.writeWithoutTransaction { _ in connection.finish() }
        try? queue.close()
    }
}
