import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Stops the service when standard input ends: the supervisor holds the other end, and is gone.
struct SupervisorWatch: Service {
    let stop: StopRequest

    func run() async throws {
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: dup(STDIN_FILENO)).get()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
        if !Task.isShuttingDownGracefully { stop.ask() }
        // Ending by itself while others are being stopped would look like a failure.
        try? await gracefulShutdown()
    }
}
