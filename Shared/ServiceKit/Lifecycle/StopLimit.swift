import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Ends the process when stopping takes too long, as where a thread hangs in the kernel. What was acknowledged is on disk.
struct StopLimit: Service {
    func run() async throws {
        try await gracefulShutdown()
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: TimeAmount(RunningService.longestStop)) {
            _exit(0)
        }
    }
}
