/// What a mail, or a part of it, is wrapped in: shown for what it is, for we neither decrypt nor verify.
public enum MailWrapper: String, Sendable, Hashable, CaseIterable {
    /// S/MIME (RFC 8551) or PGP (RFC 3156), in MIME or inside the text.
    case encrypted
    case signed
    /// A calendar's invitation, answer or cancellation (RFC 5546).
    case invitation
    /// Outlook's own wrapper (TNEF).
    case winmail

    /// What a part is, by its type and its name; nil for an ordinary one.
    init?(part: MimePart, type: String) {
        switch type {
        case "multipart/encrypted": self = .encrypted
        case "multipart/signed": self = .signed
        case "application/pkcs7-mime", "application/x-pkcs7-mime":
            self = part.parameter("smime-type")?.lowercased() == "signed-data" ? .signed : .encrypted
        case "application/ms-tnef", "application/vnd.ms-tnef": self = .winmail
        case "text/calendar": self = .invitation
        default:
            guard let name = part.filename?.lowercased() else { return nil }
            switch name {
            case "winmail.dat": self = .winmail
            case "smime.p7m": self = .encrypted
            default: return nil
            }
        }
    }

    /// What a text is, by the armour that it begins with (RFC 9580, section 6.2).
    init?(text: String) {
        // Hardly any text has a hyphen so early, and to look for words takes long.
        let start = text.prefix(400)
        guard start.utf8.contains(UInt8(ascii: "-")) else { return nil }
        if start.contains("-----BEGIN PGP MESSAGE-----") {
            self = .encrypted
        } else if start.contains("-----BEGIN PGP SIGNED MESSAGE-----") {
            self = .signed
        } else {
            return nil
        }
    }
}
