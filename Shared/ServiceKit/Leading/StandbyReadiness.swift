import Model

/// The report of an instance that waits. It is ready: it does what a standby is for.
struct StandbyReadiness: ReadinessSource {
    let service: String
    let leader: StandbyLeader

    func report() async -> ReadinessReport {
        let address = leader.current
        return ReadinessReport(
            ready: address != nil, service: service, version: FirstlineVersion.current,
            reasons: address == nil ? ["store: no instance leads now"] : [],
            journal: .init(term: 0, head: 0), follows: [], leader: address ?? "")
    }
}
