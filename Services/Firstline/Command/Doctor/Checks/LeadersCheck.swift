import Store

/// Whether each store in PostgreSQL is led by an instance that lives.
struct LeadersCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var leaders: [String] = []
        var count = 0
        for service in context.services {
            guard let database = context.stores[service.name]?.database, database.hasStore else { continue }
            count += 1
            if let leader = database.leader, leader.isAlive { leaders.append("\(service.name) by \(leader.address)") }
            findings += Self.findings(service.name, database.leader, isRunning: context.isRunning)
        }
        return CheckReport(
            "leaders", .machine,
            count == 0
                ? "no store is in PostgreSQL"
                : leaders.isEmpty ? "none leads, none runs" : leaders.joined(separator: ", "), findings)
    }

    /// - Parameters:
    ///   - leader: nil when nobody has led yet.
    ///   - isRunning: whether services of the installation run.
    static func findings(_ service: String, _ leader: StoreLeader?, isRunning: Bool) -> [Finding] {
        guard let leader, !leader.isAlive else {
            return leader == nil && isRunning ? [nobody(service)] : []
        }
        let seconds = leader.silentMilliseconds / 1_000
        if leader.backend != 0 {
            return [
                Finding(
                    .error, "leader_silent", service: service,
                    "the instance at \(leader.address) leads in term \(leader.term), and has been silent for \(seconds) s: "
                        + "it is stopped, cut off or hangs, and writes nothing",
                    advice:
                        "start another instance, which ends its session after \(StoreLeader.longestSilenceMilliseconds / 1_000) s and takes over; "
                        + "without one, end that instance and start it again (its session is the server's process \(leader.backend))"
                )
            ]
        }
        if !leader.address.isEmpty {
            return [
                Finding(
                    isRunning ? .error : .warning, "leader_gone", service: service,
                    "the instance at \(leader.address) that led in term \(leader.term) ended without a word \(seconds) s ago, and nobody leads now",
                    advice:
                        "look at its last log lines: what ended it stands there. Start an instance; it leads at once, and nothing acknowledged is lost"
                )
            ]
        }
        return isRunning ? [nobody(service)] : []
    }

    private static func nobody(_ service: String) -> Finding {
        Finding(
            .error, "leader_none", service: service, "nobody leads its store, while other services run",
            advice: "start it; if it runs, its last log lines say why it does not take the lead")
    }
}
