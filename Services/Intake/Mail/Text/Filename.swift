/// File names that can be shown and saved without surprise.
public enum Filename {
    /// Without path, control, invisible and direction-changing characters; made up from the type when nothing is left.
    public static func cleaned(_ name: String?, contentType: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in (name ?? "").unicodeScalars {
            if scalar == "/" || scalar == "\\" {
                scalars = String.UnicodeScalarView()
            } else if "<>:\"|?*".unicodeScalars.contains(scalar) {
                scalars.append("_")
            } else if !isInvisible(scalar) {
                scalars.append(scalar)
            }
        }
        // A piece of the line, from whose ends something is taken without moving the rest.
        var clean = PlainText.line(String(scalars)).drop { $0 == "." || $0 == " " }
        while let last = clean.last, last == "." || last == " " { clean.removeLast() }
        return clean.isEmpty ? standard(contentType) : shortened(clean)
    }

    private static let maxEndingBytes = 16

    private static func shortened(_ name: Substring) -> String {
        let start = PlainText.shortened(name, characters: MailLimits.maxFilenameCharacters)
        guard start.utf8.count < name.utf8.count else { return start }
        let ending = name.lastIndex(of: ".").map { name[$0...] } ?? ""
        let kept = ending.utf8.count <= maxEndingBytes ? String(ending) : ""
        return PlainText.shortened(name, characters: MailLimits.maxFilenameCharacters - kept.count) + kept
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2060...0x2064, 0x206A...0x206F,
            0xFE00...0xFE0F, 0xE0000...0xE007F:
            true
        default: PlainText.isForbidden(scalar)
        }
    }

    private static func standard(_ contentType: String) -> String {
        switch contentType {
        case "message/rfc822", "message/global": "message.eml"
        case "message/delivery-status", "message/global-delivery-status": "delivery-status.txt"
        case "text/rfc822-headers": "headers.txt"
        case "text/calendar": "invite.ics"
        case "text/html": "attachment.html"
        case "text/plain": "attachment.txt"
        case "text/csv": "attachment.csv"
        case "image/jpeg", "image/pjpeg": "image.jpg"
        case "image/png": "image.png"
        case "image/gif": "image.gif"
        case "image/svg+xml": "image.svg"
        case "application/pdf": "attachment.pdf"
        case "application/zip": "attachment.zip"
        case "application/ms-tnef", "application/vnd.ms-tnef": "winmail.dat"
        case "application/pkcs7-mime", "application/x-pkcs7-mime": "smime.p7m"
        case "application/pkcs7-signature", "application/x-pkcs7-signature": "smime.p7s"
        case "application/pgp-signature": "signature.asc"
        case "application/pgp-encrypted": "version.asc"
        default: "attachment"
        }
    }
}
