/// One thing that a check found: what is wrong, and what to do about it.
struct Finding: Sendable, Hashable, Encodable {
    var severity: Severity
    /// Stable and lower case, for programs: "blob_missing".
    var code: String
    /// The service it concerns; empty for the installation.
    var service: String
    var text: String
    /// What to do.
    var advice: String

    init(_ severity: Severity, _ code: String, service: String = "", _ text: String, advice: String) {
        self.severity = severity
        self.code = code
        self.service = service
        self.text = text
        self.advice = advice
    }
}
