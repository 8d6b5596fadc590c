import GRDB

/// GRDB's serial queue of one connection.
struct SQLiteQueue: ConnectionQueue {
    let database: DatabaseQueue

    func start(_ work: @escaping @Sendable () -> Void) {
        database.asyncWriteWithoutTransaction { _ in work() }
    }

    func run(_ work: () -> Void) {
        database.writeWithoutTransaction { _ in work() }
    }

    func finish(_ work: @escaping @Sendable () -> Void) async {
        try? await database.writeWithoutTransaction { _ in work() }
    }

    func close() {
        try? database.close()
    }
}
