/// How mail servers are spoken to.
struct SMTPOptions: Sendable {
    /// When the connection must be under TLS. Whatever is under TLS has a certificate that was verified.
    enum Security: String, Sendable, CaseIterable {
        /// Where the server offers it; always with a password.
        case opportunistic
        case required
    }

    /// In the order in which they are tried.
    var relays: [MailRelay]
    /// Empty for no authentication.
    var user = ""
    var password = ""
    var security = Security.opportunistic
    /// A file of certificates (PEM) to verify by, instead of the system's; empty for those.
    var caPath = ""
    /// Mails a second that each relay gets at most, in their order; the last counts for those that follow. Empty for no bound.
    var rates: [Double] = []

    func rate(ofRelay index: Int) -> Double? {
        index < rates.count ? rates[index] : rates.last
    }

    /// Rates of a list with commas, each above 0; nil where any is none.
    static func rates(_ text: String) -> [Double]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let rates = parts.compactMap { Double($0.filter { $0 != " " }) }.filter { $0 > 0 && $0 <= 1_000_000 }
        return rates.count == parts.count ? rates : nil
    }
}
