import Model
import Wire

/// Answers whether the service can do its work, without rights.
struct HealthService: HealthHandler {
    let readiness: any ReadinessSource

    func check(_ request: HealthCheckRequest, _ context: CallContext) async throws -> HealthCheckResponse {
        let report = await readiness.report()
        return HealthCheckResponse(
            ready: report.ready, service: report.service, version: report.version, journalTerm: report.journal.term,
            journalHead: report.journal.head,
            follows: report.follows.map { FollowedJournal(source: $0.source, offset: $0.offset, lag: $0.lag) })
    }
}
