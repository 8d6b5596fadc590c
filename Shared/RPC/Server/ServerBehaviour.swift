import Logging
import Model
import Wire

/// What all connections of one server share.
struct ServerBehaviour: Sendable {
    var limits: RPCLimits
    var methods: ServerMethods
    /// By full name.
    var exchanges: [String: ExchangeMethod] = [:]
    var authenticate: @Sendable (PeerIdentity, Metadata) throws -> Caller
    var authorize: @Sendable (Caller, String) throws -> Void
    var observe: (@Sendable (CallRecord) -> Void)?
    /// What a call of a method that is not served here is told.
    var unserved: @Sendable () -> RPCError = unimplemented
    var logger: Logger
}

extension ServerBehaviour {
    @Sendable static func unimplemented() -> RPCError { RPCError(.unimplemented, "this server has no such method") }

    /// Runs a call: who makes it, whether they may, then the handler, at the next `HandlerTasks.run`. Every refusal reaches the call as its
    /// outcome. On the event loop.
    /// - Parameter method: nil for one that is not served here.
    func run(
        _ call: ServerCall, _ method: ServedMethod?, body: UnsafeRawBufferPointer, metadata: Metadata,
        deadline: ContinuousClock.Instant?, from peer: PeerIdentity
    ) {
        guard let method else {
            call.fail(unserved())
            return
        }
        do {
            let caller = try admit(peer, metadata, to: method.name)
            let context = CallContext(method: method.name, caller: caller, metadata: metadata, deadline: deadline)
            call.run(method, body, context)
        } catch {
            call.fail(error)
        }
    }

    /// Who calls. Throws when they may not.
    func admit(_ peer: PeerIdentity, _ metadata: Metadata, to method: String) throws -> Caller {
        let caller = try authenticate(peer, metadata)
        try authorize(caller, method)
        return caller
    }

    /// Tells the observer of a call that is over.
    func record(_ call: ServerCall, _ code: StatusCode, from peer: PeerIdentity) {
        record(call.method, code, since: call.started, from: peer)
    }

    /// The same for a call that was refused before it had a handler.
    func record(_ method: String, _ code: StatusCode, since started: ContinuousClock.Instant, from peer: PeerIdentity) {
        observe?(CallRecord(method: method, code: code, duration: ContinuousClock.now - started, peer: peer))
    }
}
