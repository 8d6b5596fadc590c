import Wire

/// `grpc.health.v1.Health`, for the probes and the clients' side load balancing that know no other. Needs no rights.
struct StandardHealth: ServiceHandler {
    static let serviceName = "grpc.health.v1.Health"

    let readiness: any ReadinessSource
    /// Full names of what is served here.
    let services: Set<String>
    /// Set when the server drains.
    let draining: Signal

    /// How often a watcher's answer is looked at again.
    static let watchInterval: Duration = .seconds(1)

    func register(in table: inout some MethodTable) {
        table.unary("grpc.health.v1.Health/Check") {
            (request: StandardHealthRequest, _: CallContext) async throws -> StandardHealthResponse in
            try await check(request)
        }
        table.serverStreaming("grpc.health.v1.Health/Watch") {
            (request: StandardHealthRequest, _: CallContext, responses: ResponseStream<StandardHealthResponse>) in
            try await watch(request, responses)
        }
    }

    private func check(_ request: StandardHealthRequest) async throws -> StandardHealthResponse {
        let status = await status(of: request.service)
        guard status != .serviceUnknown else { throw RPCError.notFound("service \(request.service)") }
        return StandardHealthResponse(status: status)
    }

    private func watch(
        _ request: StandardHealthRequest, _ responses: ResponseStream<StandardHealthResponse>
    ) async throws {
        var told: StandardHealthResponse.Status?
        while !Task.isCancelled {
            let status = await status(of: request.service)
            if status != told { try await responses.send(StandardHealthResponse(status: status)) }
            told = status
            // A stream without an end would hold the drain up.
            if draining.isSet { return }
            await rest()
        }
    }

    private func status(of service: String) async -> StandardHealthResponse.Status {
        guard service.isEmpty || services.contains(service) else { return .serviceUnknown }
        if draining.isSet { return .notServing }
        return await readiness.report().ready ? .serving : .notServing
    }

    /// Returns after the interval, or when the server drains.
    private func rest() async {
        await withTaskGroup(of: Void.self) { group in
            // A cancelled sleep is a shorter one.
            group.addTask { try? await Task.sleep(for: Self.watchInterval) }
            group.addTask { await draining.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
