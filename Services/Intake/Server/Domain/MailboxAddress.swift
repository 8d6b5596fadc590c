import Model

/// A normalised address, split at its last `@`.
struct MailboxAddress: Hashable, Sendable {
    var local: String
    var domain: String

    /// Nil for what is no address. Angle brackets around it are taken off.
    init?(_ text: String) {
        var bare = text.drop { $0 == " " || $0 == "<" }
        while let last = bare.last, last == " " || last == ">" { bare.removeLast() }
        guard let address = EmailAddress.normalized(bare), let at = address.lastIndex(of: "@") else { return nil }
        local = String(address[..<at])
        domain = String(address[address.index(after: at)...])
    }

    /// The domain of an address that is normalised, as those are that the store holds.
    static func domain(ofNormalized email: String) -> String? {
        email.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(email[email.utf8.index(after: $0)...]) }
    }

    var text: String { "\(local)@\(domain)" }

    /// `name` of `name+anything`.
    var mailboxName: Substring { local.prefix { $0 != "+" } }

    /// `anything` of `name+anything`; nil without a plus.
    var extra: Substring? { local.firstIndex(of: "+").map { local[local.index(after: $0)...] } }
}
