import Model

extension SLAPolicy {
    static let limitNameBytes = 200
    /// The share of a target after which it warns unless the policy says otherwise.
    static let standardWarnShare = 0.8

    /// The policy that counts for a ticket: the first in order of position, then id, whose conditions match.
    static func first(of policies: [SLAPolicy], for facts: TicketFacts) -> SLAPolicy? {
        policies.filter { $0.conditions?.matches(facts) ?? true }.min { $0.precedes($1) }
    }

    func precedes(_ other: SLAPolicy) -> Bool { (position, id) < (other.position, other.id) }

    var warnShare: Double { warnAt == 0 ? SLAPolicy.standardWarnShare : warnAt }

    /// What the policy promises a ticket of that priority; nil when nothing.
    func target(for priority: Priority) -> SLATarget? {
        let priority = priority == .unspecified ? .normal : priority
        return targets.first { $0.priority == priority }
    }

    /// Everything that is wrong with the policy by itself.
    /// - Parameters:
    ///   - calendar: the one it names; nil when there is none.
    ///   - now: from when its targets must be reached within ten years.
    func violations(calendar: CompiledCalendar?, now: Int64) -> [Violation] {
        var violations = conditions?.violations() ?? []
        func refuse(_ path: String, _ message: String) {
            violations.append(Violation(field: path, message: message))
        }
        if name.isEmpty { refuse("name", "must not be empty") }
        if name.utf8.count > SLAPolicy.limitNameBytes {
            refuse("name", "is longer than \(SLAPolicy.limitNameBytes) bytes")
        }
        if position < 0 { refuse("position", "must not be negative") }
        if calendar == nil { refuse("calendar_id", "must name a calendar") }
        if warnAt != 0, !(warnAt > 0 && warnAt < 1) { refuse("warn_at", "must lie over 0 and below 1") }
        var seen: Set<Priority> = []
        for (index, target) in targets.enumerated() {
            let path = "targets[\(index)]"
            if target.priority == .unspecified { refuse("\(path).priority", "must be named") }
            if !seen.insert(target.priority).inserted { refuse("\(path).priority", "stands here twice") }
            for metric in Metric.promised {
                let business = target.milliseconds(metric)
                if business < 0 {
                    refuse("\(path).\(metric.name)", "must not be negative")
                } else if business > CompiledCalendar.limitMilliseconds
                    || calendar.map({ $0.due(from: now, businessMilliseconds: business) == nil }) ?? false
                {
                    refuse("\(path).\(metric.name)", "is not reached within ten years")
                }
            }
        }
        return violations
    }
}

extension SLATarget {
    /// The promised business time; 0 for no promise.
    func milliseconds(_ metric: Metric) -> Int64 {
        switch metric {
        case .firstResponse: firstResponseMilliseconds
        case .nextResponse: nextResponseMilliseconds
        case .resolution: resolutionMilliseconds
        case .unspecified: 0
        }
    }
}

extension Metric {
    /// What a policy may promise.
    static let promised: [Metric] = [.firstResponse, .nextResponse, .resolution]
}
