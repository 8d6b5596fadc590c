import Dispatch

/// A serial queue for one PostgreSQL session, which may block it.
struct PostgresQueue: ConnectionQueue {
    private let queue: DispatchQueue

    init(_ name: String) {
        queue = DispatchQueue(label: "firstline.store.\(name)")
    }

    func start(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    func run(_ work: () -> Void) {
        queue.sync(execute: work)
    }

    func finish(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                work()
                continuation.resume()
            }
        }
    }

    /// The session is closed when nobody holds it any more.
    func close() {}
}
