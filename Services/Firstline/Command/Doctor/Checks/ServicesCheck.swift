/// Whether each service of a running system is there and ready.
struct ServicesCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        guard let system = context.system else {
            return apart(context)
        }
        var findings: [Finding] = []
        for service in system.services {
            let reply = AdminPage.get(service.admin, "/readyz")
            let report = reply.flatMap(ReadinessPage.init)
            findings += Self.findings(
                service.name, report,
                isRunning: context.services.contains {
                    $0.name == service.name && $0.process != nil
                })
            if let report, case .fine(let program) = context.described[service.name], program.version != report.version
            {
                findings.append(
                    Finding(
                        .note, "version_running", service: service.name,
                        "version \(report.version) runs, the program on disk is \(program.version)",
                        advice: "restart it to take the new one"))
            }
        }
        return CheckReport("services", .machine, "\(system.services.count) ready", findings)
    }

    /// Services that nobody supervises together. When some of them run here, the others whose folders are here should as well.
    private func apart(_ context: DoctorContext) -> CheckReport {
        let running = context.services.filter { $0.process != nil }
        var findings: [Finding] = []
        for service in context.services where !running.isEmpty {
            guard service.process != nil else {
                findings.append(
                    Finding(
                        .error, "service_silent", service: service.name, "it does not run, and others do",
                        advice:
                            "start it (`systemctl start firstline@\(service.name)`, or its container); its last log lines say what ended it"
                    ))
                continue
            }
            guard let address = service.admin,
                let report = AdminPage.get(address, "/readyz").flatMap(ReadinessPage.init)
            else { continue }
            // A standby instance is not ready by intention.
            if report.leader?.isEmpty != false { findings += Self.findings(service.name, report, isRunning: true) }
        }
        return CheckReport(
            "services", .machine,
            running.isEmpty
                ? "none runs" : "running without `firstline up`: \(running.map(\.name).joined(separator: ", "))",
            findings
        )
    }

    /// - Parameter report: what `/readyz` answers; nil when it does not.
    static func findings(_ service: String, _ report: ReadinessPage?, isRunning: Bool) -> [Finding] {
        guard let report else {
            return [
                Finding(
                    .error, "service_silent", service: service,
                    isRunning ? "it runs and does not answer" : "it does not run",
                    advice:
                        "look at its last log lines: what ended it stands there; `firstline up` starts it again by itself"
                )
            ]
        }
        var findings: [Finding] = []
        if !report.ready {
            findings.append(
                Finding(
                    .error, "service_unready", service: service,
                    "it is not ready: \(report.reasons.joined(separator: "; "))",
                    advice: "mend what it names; it becomes ready by itself then"))
        }
        for follow in report.follows {
            if follow.state == "stopped" {
                findings.append(
                    Finding(
                        .error, "follower_stopped", service: service,
                        "it has stopped following \(follow.source): \(follow.problem)",
                        advice: FollowersCheck.restoreAdvice))
            } else if !follow.problem.isEmpty {
                findings.append(
                    Finding(
                        .warning, "follower_waiting", service: service,
                        "it cannot follow \(follow.source) now and tries again: \(follow.problem)",
                        advice: "see whether \(follow.source) runs and is reachable; nothing is lost meanwhile"))
            }
        }
        return findings
    }
}
