/// The fields that a condition may name.
public enum ConditionField: String, Sendable, CaseIterable {
    case status, priority, type, channel
    case teamID = "team_id"
    case assigneeID = "assignee_id"
    case requesterID = "requester_id"
    case organizationID = "organization_id"
    case tier, tag, language

    /// - Parameter name: a field's name; `tags`, as a ticket writes it, is `tag`.
    public init?(name: String) {
        self.init(rawValue: name == "tags" ? ConditionField.tag.rawValue : name)
    }

    /// Every name that `init(name:)` knows.
    public static let allNames = allCases.map(\.rawValue) + ["tags"]

    /// The comparisons that make sense of the field.
    public var operators: Set<ComparisonOperator> {
        switch self {
        case .status, .priority, .tier: [.is, .isNot, .in, .lessThan, .greaterThan]
        case .type, .channel, .teamID, .assigneeID, .requesterID, .organizationID, .language: [.is, .isNot, .in]
        case .tag: [.is, .isNot, .in, .contains, .notContains]
        }
    }

    /// What is wrong with `value` as one value of the field; nil when nothing is.
    func fault(of value: String) -> String? {
        switch self {
        case .status, .priority, .type, .channel:
            rank(of: value) == nil ? "has no value \"\(value)\"; one of \(names.joined(separator: ", "))" : nil
        case .teamID, .assigneeID, .requesterID, .organizationID:
            number(of: value) == nil ? "must be an id, or empty for none" : nil
        case .tier: number(of: value) == nil || value.isEmpty ? "must be a whole number" : nil
        case .tag, .language: value.isEmpty ? "must not be empty" : nil
        }
    }

    private var names: [String] {
        switch self {
        case .status: TicketStatus.allCases.filter { $0 != .unspecified }.map(\.name)
        case .priority: Priority.allCases.filter { $0 != .unspecified }.map(\.name)
        case .type: TicketType.allCases.filter { $0 != .unspecified }.map(\.name)
        case .channel: TicketChannel.allCases.filter { $0 != .unspecified }.map(\.name)
        default: []
        }
    }

    /// The place of an enumerated value in its order, or a number; nil when it is neither.
    func rank(of value: String) -> Int64? {
        switch self {
        case .status: TicketStatus(name: value).map { Int64($0.rawValue) }
        case .priority: Priority(name: value).map { Int64($0.rawValue) }
        case .type: TicketType(name: value).map { Int64($0.rawValue) }
        case .channel: TicketChannel(name: value).map { Int64($0.rawValue) }
        case .teamID, .assigneeID, .requesterID, .organizationID, .tier: number(of: value)
        case .tag, .language: nil
        }
    }

    /// Empty means none, which is 0.
    private func number(of value: String) -> Int64? {
        value.isEmpty ? 0 : Digits.number(value.utf8)
    }
}
