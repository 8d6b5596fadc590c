import HTTPTypes

/// What `If-Match` asks for (RFC 9110, section 13.1.1), where versions are entity tags; also without quotes.
enum VersionMatch: Sendable, Hashable {
    /// `*`: whatever stands there.
    case any
    case version(Int64)
    /// What can be no version of ours.
    case unknown

    init(_ text: String) {
        let isQuoted = text.count >= 3 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let version = Int64(isQuoted ? text.dropFirst().dropLast() : text[...]).flatMap { $0 >= 0 ? $0 : nil }
        self = text == "*" ? .any : version.map { .version($0) } ?? .unknown
    }
}

extension APICall {
    /// Nil where the request has no `If-Match`.
    var match: VersionMatch? { http.headers[.ifMatch].map { VersionMatch($0) } }
}
