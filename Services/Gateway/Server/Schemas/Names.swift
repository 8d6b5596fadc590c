import Model

/// The names of the enumerations, as the contract writes them.
enum Names {
    static let statuses = TicketStatus.allCases.filter { $0 != .unspecified }.map(\.name)
    static let priorities = Priority.allCases.filter { $0 != .unspecified }.map(\.name)
    static let types = TicketType.allCases.filter { $0 != .unspecified }.map(\.name)
    static let channels = TicketChannel.allCases.filter { $0 != .unspecified }.map(\.name)
    static let visibilities = Visibility.allCases.filter { $0 != .unspecified }.map(\.name)
    static let sorts = TicketSort.allCases.filter { $0 != .unspecified }.map(\.name)
    static let presences = Presence.allCases.filter { $0 != .unspecified }.map(\.name)
    static let metrics = Metric.allCases.filter { $0 != .unspecified }.map(\.name)
    static let timerStates = TimerState.allCases.filter { $0 != .unspecified }.map(\.name)
    static let deliveryStates = DeliveryState.allCases.filter { $0 != .unspecified && $0 != .waiting }.map(\.name)
    /// What a list of deliveries may be cut down to: a state, or all that waits.
    static let deliveryFilters = [DeliveryState.waiting.name] + deliveryStates
    static let satisfactions = Satisfaction.allCases.filter { $0 != .unspecified }.map(\.name)
    static let deliveryKinds = DeliveryKind.allCases.filter { $0 != .unspecified }.map(\.name)
    static let mailSecurities = MailSecurity.allCases.filter { $0 != .unspecified }.map(\.name)
    static let mailSignIns = MailSignIn.allCases.filter { $0 != .unspecified }.map(\.name)
    static let afterFetches = AfterFetch.allCases.filter { $0 != .unspecified }.map(\.name)
    static let copyPolicies = CopyPolicy.allCases.filter { $0 != .unspecified }.map(\.name)
    static let fetchPhases = FetchPhase.allCases.filter { $0 != .unspecified }.map(\.name)
    /// What a mail came in, as Intake tells it.
    static let wrappers = ["encrypted", "signed", "invitation", "winmail"]
    /// Of templates.
    static let languages = ["en", "ru", "el", "pl"]
    static let operators = ComparisonOperator.allCases.filter { $0 != .unspecified }.map(\.name)
    static let conditionFields = ConditionField.allNames
    /// Roles of users.
    static let staffRoles = [Role.agent, .lead, .admin].map(\.name)
    /// Roles of credentials.
    static let roles = [Role.requester, .agent, .lead, .admin].map(\.name)
    /// Monday first, as `weekday` 1 to 7 counts.
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}
