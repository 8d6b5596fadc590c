import Model

/// Who makes a request, and by which credential.
struct Identity: Sendable, Hashable {
    enum Credential: Sendable, Hashable {
        case token(id: Int64, name: String)
        case session(id: Int64)
    }

    var credential: Credential
    var caller: Caller
    /// The user behind it, when there is one.
    var user: User?
    /// What a changing request of a session must bring; nil for tokens.
    var csrfToken: String?

    /// By which credential, for provenance.
    var credentialName: String {
        switch credential {
        case .token(_, let name): name
        case .session: "session"
        }
    }
}
