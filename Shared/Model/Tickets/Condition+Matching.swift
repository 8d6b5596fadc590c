/// The one evaluator of conditions: triggers, automations, SLA policies and views all ask here.
extension Condition {
    /// Whether all of `all` hold, and one of `any` unless that is empty. A comparison that is not valid never holds.
    public func matches(_ facts: TicketFacts) -> Bool {
        all.allSatisfy { $0.matches(facts) } && (any.isEmpty || any.contains { $0.matches(facts) })
    }
}

extension Comparison {
    public func matches(_ facts: TicketFacts) -> Bool {
        guard let field = ConditionField(name: field), field.operators.contains(op) else { return false }
        let wanted = op == .in ? Comparison.list(value) : [value]
        guard wanted.allSatisfy({ field.fault(of: $0) == nil }) else { return false }
        switch field {
        case .tag: return matchesTags(facts.tags, wanted)
        case .language: return negated(wanted.contains { Comparison.language(facts.language, isIn: $0) })
        case .status: return matches(Int64(facts.status.rawValue), wanted, field)
        case .priority: return matches(Int64(facts.priority.rawValue), wanted, field)
        case .type: return matches(Int64(facts.type.rawValue), wanted, field)
        case .channel: return matches(Int64(facts.channel.rawValue), wanted, field)
        case .teamID: return matches(facts.teamID, wanted, field)
        case .assigneeID: return matches(facts.assigneeID, wanted, field)
        case .requesterID: return matches(facts.requesterID, wanted, field)
        case .organizationID: return matches(facts.organizationID, wanted, field)
        case .tier: return matches(Int64(facts.tier), wanted, field)
        }
    }

    private func matches(_ fact: Int64, _ wanted: [String], _ field: ConditionField) -> Bool {
        let ranks = wanted.compactMap { field.rank(of: $0) }
        return switch op {
        case .is, .in: ranks.contains(fact)
        case .isNot: !ranks.contains(fact)
        case .lessThan: ranks.allSatisfy { fact < $0 }
        case .greaterThan: ranks.allSatisfy { fact > $0 }
        case .contains, .notContains, .unspecified: false
        }
    }

    /// `is` and `contains` ask whether the ticket carries the tag.
    private func matchesTags(_ tags: [String], _ wanted: [String]) -> Bool {
        let lowercased = Set(tags.map { $0.lowercased() })
        return negated(wanted.contains { lowercased.contains($0.lowercased()) })
    }

    private func negated(_ holds: Bool) -> Bool {
        op == .isNot || op == .notContains ? !holds : holds
    }

    /// Basic filtering of RFC 4647, section 3.3.1: "en" takes in "en-GB".
    private static func language(_ tag: String, isIn range: String) -> Bool {
        let (tag, range) = (tag.lowercased(), range.lowercased())
        return tag == range || tag.hasPrefix(range + "-")
    }

    static func list(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let start = part.drop { $0 == " " }
            guard let end = start.lastIndex(where: { $0 != " " }) else { return "" }
            return String(start[...end])
        }
    }
}
