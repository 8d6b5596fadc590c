import Model
import ServiceKit

/// What a connection needs to know.
struct IMAPAccount: Sendable {
    var host: String
    var port: Int
    /// TLS from the first byte; else by STARTTLS.
    var isImplicitTLS: Bool
    var user: String
    /// The secret is an access token.
    var isToken: Bool
    var secret: String
    /// Certificates of the authorities that are trusted instead of the system's, PEM.
    var authorityFile: String?

    /// Reads the secret anew each time, so that a renewed token counts at once.
    init(_ source: IMAPSource, files: IMAPFiles) throws(IMAPFault) {
        host = source.host
        isImplicitTLS = source.security == .tls
        port = source.port > 0 ? Int(source.port) : isImplicitTLS ? 993 : 143
        user = source.user
        isToken = source.signIn == .xoauth2
        secret = source.secretFile.isEmpty ? source.secret : try files.secret(source.secretFile)
        authorityFile = files.authorityFile
    }
}

/// What the operator gives to the fetching of mail, as files.
struct IMAPFiles: Sendable {
    /// The folder of the secrets; nil when there is none.
    var secretsFolder: String?
    var authorityFile: String?

    fileprivate func secret(_ name: String) throws(IMAPFault) -> String {
        guard let secretsFolder else {
            throw IMAPFault(.noSecret, "the mailbox names a file, and intake has no folder of secrets (imap-secrets)")
        }
        // The name was checked to be a plain one when it was entered.
        guard let secret = try? SystemFile.read(secretsFolder + "/" + name, limit: IMAPLimits.secretBytes) else {
            throw IMAPFault(.noSecret, "the file \(name) in intake's folder of secrets cannot be read")
        }
        let end = secret.lastIndex { $0 != "\n" && $0 != "\r\n" }
        guard let end, !secret.contains("\0") else {
            throw IMAPFault(.noSecret, "the file \(name) in intake's folder of secrets holds no secret")
        }
        return String(secret[...end])
    }
}
