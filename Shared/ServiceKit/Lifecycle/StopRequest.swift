import ServiceLifecycle
import UnixSignals

/// The wish that a process ends, by SIGTERM or SIGINT. It is heard at any time of the process's life, also between two of its parts.
final class StopRequest: Service {
    private let request = Signal()

    /// Listens from now on.
    static func listening() async -> StopRequest {
        let stop = StopRequest()
        let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
        Task.detached { for await _ in signals { stop.request.set() } }
        return stop
    }

    /// Has the process end.
    func ask() {
        request.set()
    }

    /// As a part of a group: its end is the group's.
    func run() async throws {
        await cancelWhenGracefulShutdown { await self.request.wait() }
    }
}
