import Model
import Wire

/// Somebody outside who makes calls: each change under a key of its own, repeated with the same key until an answer comes.
struct Outsider: Sendable {
    let world: World
    let caller: Caller
    /// How often one change is tried.
    static let mostAttempts = 12

    var intake: IntakeClient { IntakeClient(channel(to: "intake")) }
    var routing: RoutingClient { RoutingClient(channel(to: "routing")) }
    var timers: SLATimerClient { SLATimerClient(channel(to: "sla-timer")) }

    private func channel(to service: String) -> any CallChannel {
        SimulatedChannel(network: world.network, to: service, caller: caller)
    }

    /// Makes a change once, however often it must be asked for. Nil when it was refused or no answer came.
    func change<Response: WireMessage>(
        _ act: Int, _ call: @escaping @Sendable (CallOptions) async throws -> Response
    ) async throws -> Response? {
        var options = CallOptions()
        options.metadata[Metadata.idempotencyKey] = world.ledger[act].mark
        for attempt in 0..<Self.mostAttempts {
            if attempt > 0 { try await world.clock.sleep(for: world.chance.milliseconds(20...1500)) }
            do {
                let response = try await call(options)
                try note(act, try response.serialized())
                // Now and then the answer is not believed, and asked for once more.
                if world.chance.happens(0.15) { continue }
                return response
            } catch let error as RPCError {
                if Self.isPassing(error) { continue }
                try note(act, refusal: error)
                return nil
            }
        }
        return try world.ledger[act].answer.map { try Response(serialized: $0) }
    }

    /// Twice at the same time with one key, as by an impatient program.
    func changeTwice<Response: WireMessage>(
        _ act: Int, _ call: @escaping @Sendable (CallOptions) async throws -> Response
    ) async throws -> Response? {
        async let first = change(act, call)
        async let second = change(act, call)
        let (one, other) = try await (first, second)
        return one ?? other
    }

    private func note(_ act: Int, _ answer: [UInt8]) throws {
        if let known = world.ledger[act].answer {
            guard known == answer else {
                throw Violated("a repeat gets the first answer", "\(world.ledger[act].mark) got two answers")
            }
        }
        world.ledger[act].answer = answer
        world.ledger[act].end = .answered
    }

    private func note(_ act: Int, refusal: RPCError) throws {
        if refusal.code == .internalError {
            throw Violated("no call ends in an internal error", "\(world.ledger[act].mark): \(refusal)")
        }
        guard world.ledger[act].answer == nil else {
            throw Violated(
                "a repeat gets the first answer", "\(world.ledger[act].mark) was done, then refused: \(refusal)")
        }
        world.ledger[act].end = .refused("\(refusal)")
    }

    /// Whether the same call may succeed later: nobody answered, or there is no room for now.
    static func isPassing(_ error: RPCError) -> Bool {
        switch error.code {
        case .unavailable, .deadlineExceeded, .cancelled, .resourceExhausted: true
        default: false
        }
    }
}
