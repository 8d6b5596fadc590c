/// A mail server that takes our mail, as the setting `smtp` names it.
struct MailRelay: Sendable, Hashable {
    /// `smtp://host:port` or `smtps://host:port`, as libcurl takes it.
    let url: String
    /// `host:port`, or the host alone; for people.
    let name: String

    /// Nil unless `url` is `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`. A user and a password have settings of their own, so that no list of
    /// processes shows them.
    init?(_ url: String) {
        guard let scheme = ["smtp://", "smtps://"].first(where: { url.hasPrefix($0) }) else { return nil }
        var authority = url.dropFirst(scheme.count)
        if authority.last == "/" { authority.removeLast() }
        guard !authority.isEmpty, !authority.contains(where: { "/@?# ".contains($0) || $0.isNewline }) else {
            return nil
        }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else {
                return nil
            }
            host = authority[..<colon]
        }
        guard !host.isEmpty else { return nil }
        self.url = scheme + authority
        name = String(authority)
    }

    /// The relays of a list with commas, in their order; nil where any of them is none.
    static func list(_ text: String) -> [MailRelay]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let relays = parts.compactMap { MailRelay(String($0.filter { $0 != " " })) }
        return relays.count == parts.count ? relays : nil
    }
}
