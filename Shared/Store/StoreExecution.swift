import GRDB

/// On whose thread a store works.
public enum StoreExecution: Sendable {
    /// Its own: one for the writer, one for each reader.
    case threads
    /// The thread of whoever is handed the pieces of work and runs them, one by one and each once: a simulation's scheduler.
    case stepped(@Sendable (@escaping @Sendable () -> Void) -> Void)

    /// How long something may take that takes `duration` at most: in steps nothing ends by the clock, else a seed would not replay.
    func limit(_ duration: Duration) -> Duration {
        switch self {
        case .threads: duration
        case .stepped: .seconds(1 << 30)
        }
    }

    /// Begins `work` on the queue of `database`, and returns at once.
    func start(on database: DatabaseQueue, _ work: @escaping @Sendable () -> Void) {
        switch self {
        case .threads: database.asyncWriteWithoutTransaction { _ in work() }
        case .stepped(let run): run { database.writeWithoutTransaction { _ in work() } }
        }
    }

    /// Runs `work` on the queue of `database` when what was begun there is done, and then closes it.
    func finish(_ database: DatabaseQueue, _ work: @escaping @Sendable () -> Void) async {
        switch self {
        case .threads: try? await database.writeWithoutTransaction { _ in work() }
        case .stepped: Self.runNow(on: database, work)
        }
        try? database.close()
    }

    /// Apart, because an `async` function would take GRDB's asynchronous form.
    private static func runNow(on database: DatabaseQueue, _ work: @Sendable () -> Void) {
        database.writeWithoutTransaction { _ in work() }
    }
}
