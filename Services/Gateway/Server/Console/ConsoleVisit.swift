import Model
import Wire

/// One page's request by someone who is signed in.
struct ConsoleVisit: Sendable {
    let call: HTTPCall
    let identity: Identity
    let user: User
    let texts: Texts
    let csrfToken: String
    let metadata: Metadata
    let now: Int64

    var options: CallOptions { CallOptions(metadata: metadata) }

    func options(key: String) -> CallOptions {
        var options = options
        if (1...100).contains(key.utf8.count) { options.metadata[Metadata.idempotencyKey] = key }
        return options
    }

    /// Whether a form comes from one of this session's own pages.
    func accepts(_ form: Form) -> Bool {
        Secret.areEqual(Array(form["csrf"].utf8), Array(csrfToken.utf8))
    }

    func query(_ name: String) -> String { call.query.first { $0.name == name }?.value ?? "" }

    func relative(_ milliseconds: Int64) -> String { texts.relative(milliseconds, now: now) }
    func text(_ milliseconds: Int64) -> String { Instant(milliseconds: milliseconds).description }
}
