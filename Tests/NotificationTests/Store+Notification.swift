import FirstlineTesting
import Store

@testable import NotificationServer

extension Store {
    /// Notification's, empty, on the engine that the tests run on.
    static func notification(in folder: TestFolder, clock: TestClock) throws -> Store {
        let path = folder.path + "/notification"
        return try Store.open(
            StoreConfiguration(
                folder: path, service: "notification", migrations: Schema.migrations, database: TestDatabase.at(path)),
            clock: clock)
    }
}
