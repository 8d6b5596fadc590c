/// What one check came to.
struct CheckReport: Sendable {
    /// What a check looks after, which decides the command's exit code.
    enum Area: Sendable, CaseIterable {
        /// What is stored.
        case data
        /// Settings, certificates, permissions.
        case settings
        /// The machine and what runs on it.
        case machine
    }

    /// The check's word: "certificates".
    var name: String
    var area: Area
    /// What was looked at; empty when not all of it is well.
    var summary: String
    var findings: [Finding]

    /// - Parameter summary: what there is to say when all is well.
    init(_ name: String, _ area: Area, _ summary: String, _ findings: [Finding]) {
        self.name = name
        self.area = area
        self.findings = findings
        self.summary = findings.contains { $0.severity > .note } ? "" : summary
    }

    var severity: Severity { findings.map(\.severity).max() ?? .ok }
}
