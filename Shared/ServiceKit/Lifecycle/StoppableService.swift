import ServiceLifecycle

/// A part of a service for which being cancelled by the stop is a regular end, not a failure of the group.
struct StoppableService: Service {
    let service: any Service

    func run() async throws {
        do {
            try await service.run()
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return
        }
    }
}
