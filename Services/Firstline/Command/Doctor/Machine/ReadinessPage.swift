import FoundationEssentials

/// What a service's `/readyz` answers.
struct ReadinessPage: Sendable, Hashable, Decodable {
    struct Follow: Sendable, Hashable, Decodable {
        var source: String
        var state: String
        var problem: String
    }

    var ready: Bool
    var version: String
    var reasons: [String]
    var follows: [Follow]
    /// Where the instance is that leads, when this one stands by.
    var leader: String?

    init(ready: Bool, version: String, reasons: [String], follows: [Follow]) {
        self.ready = ready
        self.version = version
        self.reasons = reasons
        self.follows = follows
    }

    /// Nil for what is no such page.
    init?(_ body: String) {
        guard let page = try? JSONDecoder().decode(ReadinessPage.self, from: Data(body.utf8)) else { return nil }
        self = page
    }
}
