/// Why a mailbox cannot be fetched now. The code is part of the API.
struct IMAPFault: Error, Sendable, Hashable {
    enum Code: String, Sendable, CaseIterable {
        /// No connection: no such host, nobody listens, a network between.
        case unreachable
        /// The server's certificate is not trusted, or it offers no TLS.
        case tls
        case signInRefused = "sign_in_refused"
        /// The file that should hold the secret cannot be read.
        case noSecret = "no_secret"
        /// The server ended the connection.
        case disconnected
        case timedOut = "timed_out"
        /// The folder is not there or may not be read.
        case noFolder = "no_folder"
        /// The server refused to flag, move or delete what is stored here.
        case notSettled = "not_settled"
        /// The server said what this client cannot follow.
        case protocolError = "protocol_error"
        /// Our own store takes nothing now.
        case storeUnavailable = "store_unavailable"
    }

    var code: Code
    /// For the administrator: one line, never a secret.
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = String(
            message.unicodeScalars.prefix(Self.longestMessage).map {
                $0.properties.generalCategory == .control ? " " : Character($0)
            })
    }

    private static let longestMessage = 300
}
