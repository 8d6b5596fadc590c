extension Condition {
    /// The most comparisons in each of `all` and `any`.
    public static let limitComparisons = 50
    /// The longest value, in bytes.
    public static let limitValueBytes = 1_000

    /// Everything that is wrong with the condition, each with its path below `field`, as "conditions.all[0].op".
    public func violations(field: String = "conditions") -> [Violation] {
        Condition.violations(all, field: "\(field).all") + Condition.violations(any, field: "\(field).any")
    }

    private static func violations(_ comparisons: [Comparison], field: String) -> [Violation] {
        guard comparisons.count <= limitComparisons else {
            return [Violation(field: field, message: "has more than \(limitComparisons) comparisons")]
        }
        return comparisons.enumerated().compactMap { index, comparison in
            comparison.violation(field: "\(field)[\(index)]")
        }
    }
}

extension Comparison {
    /// The first thing wrong with the comparison; nil when nothing is.
    func violation(field path: String) -> Violation? {
        guard let known = ConditionField(name: field) else {
            let names = ConditionField.allNames.joined(separator: ", ")
            return Violation(field: "\(path).field", message: "must be one of \(names)")
        }
        guard known.operators.contains(op) else {
            let names = known.operators.map(\.name).sorted().joined(separator: ", ")
            return Violation(field: "\(path).op", message: "must be one of \(names) for \(field)")
        }
        guard value.utf8.count <= Condition.limitValueBytes else {
            return Violation(field: "\(path).value", message: "is longer than \(Condition.limitValueBytes) bytes")
        }
        let values = op == .in ? Comparison.list(value) : [value]
        return values.lazy.compactMap { known.fault(of: $0) }.first.map {
            Violation(field: "\(path).value", message: $0)
        }
    }
}
