import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Ends, and so stops the service, when standard input does: the supervisor holds the other end, and is gone.
struct SupervisorWatch: Service {
    func run() async throws {
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: dup(STDIN_FILENO)).get()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}
