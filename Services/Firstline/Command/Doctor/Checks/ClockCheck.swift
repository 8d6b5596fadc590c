import Model

/// Whether this machine's clock is where the journals say that it has been.
struct ClockCheck: DoctorCheck {
    /// What a clock may be set back without anybody noticing.
    static let slackMilliseconds: Int64 = 2_000
    static let errorMilliseconds: Int64 = 5 * 60 * 1_000

    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        for (service, store) in context.served.sorted(by: { $0.key < $1.key }) {
            guard let facts = store.facts else { continue }
            findings += Self.findings(
                service, lastMilliseconds: facts.headAtMilliseconds, nowMilliseconds: context.nowMilliseconds)
        }
        return CheckReport(
            "clock", .machine, "\(Instant(milliseconds: context.nowMilliseconds)), behind no journal", findings)
    }

    /// - Parameter lastMilliseconds: when the journal's last entry was made.
    static func findings(_ service: String, lastMilliseconds: Int64, nowMilliseconds: Int64) -> [Finding] {
        let ahead = lastMilliseconds - nowMilliseconds
        guard ahead > slackMilliseconds else { return [] }
        return [
            Finding(
                ahead > errorMilliseconds ? .error : .warning, "clock_behind", service: service,
                "its last journal entry, of \(Instant(milliseconds: lastMilliseconds)), lies \(ahead / 1_000) s in the future of this clock",
                advice:
                    "set the clock right (chronyc makestep); until it has caught up, entries carry that same time and timers fire late"
            )
        ]
    }
}
