/// How bad a finding is.
enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
    /// As it should be.
    case ok
    /// Worth knowing; nothing needs to be done.
    case note
    /// It works now; it should be looked at before it does not.
    case warning
    /// Something is broken, or will not start.
    case error

    static func < (one: Severity, other: Severity) -> Bool {
        allCases.firstIndex(of: one)! < allCases.firstIndex(of: other)!
    }
}
