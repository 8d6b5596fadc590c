import RPC
import ServiceLifecycle

/// Lets the calls in flight end when the service stops.
struct ServerDrain: Service {
    let server: RPCServer
    let draining: Signal

    func run() async throws {
        // Cancelled instead, everything else is ending already, and so does this.
        try? await gracefulShutdown()
        draining.set()
        await server.drain(timeout: RunningService.callDrainTime)
    }
}
