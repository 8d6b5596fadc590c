import Model
import Store

/// Tells whether a service can do its work.
protocol ReadinessSource: Sendable {
    func report() async -> ReadinessReport
}

/// Finds out whether a service that serves can do its work.
struct Readiness: ReadinessSource {
    let service: String
    let store: Store
    let journals: FollowedJournals
    let endpoints: Endpoints
    let checks: [ReadyCheck]

    func report() async -> ReadinessReport {
        var reasons: [String] = []
        do {
            _ = try await store.read { try $0.row("SELECT 1 AS one") }
        } catch {
            reasons.append("store: \(error)")
        }
        for name in endpoints.missing { reasons.append("\(name): does not listen yet") }
        for check in checks {
            if let problem = await check.problem() { reasons.append("\(check.name): \(problem)") }
        }
        let head = await store.head
        return ReadinessReport(
            ready: reasons.isEmpty, service: service, version: FirstlineVersion.current, reasons: reasons,
            journal: .init(term: head.term, head: head.offset),
            follows: journals.states.map {
                .init(source: $0.source, state: $0.phase.rawValue, offset: $0.offset, lag: $0.lag, problem: $0.problem)
            })
    }
}

/// What `/readyz` answers. A peer that is away makes no service unready: each goes on with its own work.
struct ReadinessReport: Sendable, Encodable {
    struct Journal: Sendable, Encodable {
        var term: Int64
        var head: Int64
    }

    struct Followed: Sendable, Encodable {
        var source: String
        /// "connecting", "following", "waiting" (tries again soon), "stopped" (an operator must look: the source's term does not fit).
        var state: String
        var offset: Int64
        var lag: Int64
        /// Why the last stream ended; empty while it goes on.
        var problem: String
    }

    var ready: Bool
    var service: String
    var version: String
    /// Why it is not ready.
    var reasons: [String]
    var journal: Journal
    var follows: [Followed]
    /// The leader's RPC address, of an instance that waits to lead; empty for one that serves.
    var leader = ""
}
