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
        case "text/calendar": self = .invitation
        default:
            let name = part.filename?.lowercased() ?? ""
            if Self.isWinmail(type: type, name: name) {
                self = .winmail
            } else if name == "smime.p7m" {
                self = .encrypted
            } else {
                return nil
            }
        }
    }

    /// By the type or by the name, in lower case: some gateways keep only one.
    static func isWinmail(type: String, name: String) -> Bool {
        type == "application/ms-tnef" || type == "application/vnd.ms-tnef" || name == "winmail.dat"
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
