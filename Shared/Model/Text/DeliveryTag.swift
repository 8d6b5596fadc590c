/// What tells, of a mail that comes back, which delivery it was: a secret of its own that stands in the envelope's sender, before the ticket's
/// token, `support+bTAG+TOKEN@desk.example`. All who take part in a ticket know the token; the tag, only who got that mail.
public enum DeliveryTag {
    /// Hexadecimal digits: 32 bits, for to guess one takes a mail each time. More would leave too little of the local part (RFC 5321,
    /// section 4.5.3.1.1: 64) to the mailbox's name.
    private static let length = 8
    private static let mark: Character = "b"

    public static func make() -> String { String(RandomToken.make().prefix(length)) }

    /// How the tag stands in an address.
    public static func part(_ tag: String) -> String { "\(mark)\(tag)" }

    /// The tag of such a part; nil for any other.
    public static func tag(_ part: some StringProtocol) -> String? {
        let tag = part.dropFirst()
        return part.first == mark && HexDigits.spell(tag, length) ? String(tag) : nil
    }
}
