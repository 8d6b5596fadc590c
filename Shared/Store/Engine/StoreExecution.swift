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

    /// Begins `work` on `queue`, and returns at once.
    func start(on queue: any ConnectionQueue, _ work: @escaping @Sendable () -> Void) {
        switch self {
        case .threads: queue.start(work)
        case .stepped(let run): run { queue.run(work) }
        }
    }

    /// Runs `work` on `queue` when what was begun there is done, and then closes its connection.
    func finish(_ queue: any ConnectionQueue, _ work: @escaping @Sendable () -> Void) async {
        switch self {
        case .threads: await queue.finish(work)
        case .stepped: queue.run(work)
        }
        queue.close()
    }
}
