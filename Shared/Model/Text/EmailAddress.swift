/// An email address as the desk compares it.
public enum EmailAddress {
    /// The longest address taken, in bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
    public static let limitBytes = 254

    /// `text` without surrounding spaces, in lower case; nil when it is no `local@domain` or could break a header line.
    /// Domains are case-insensitive (RFC 5321, section 2.4); local parts are so in practice.
    public static func normalized(_ text: some StringProtocol) -> String? {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        guard let end = trimmed.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
        let address = trimmed[...end].lowercased()
        guard address.utf8.count <= limitBytes, let at = address.lastIndex(of: "@") else { return nil }
        let local = address[..<at]
        let domain = address[address.index(after: at)...]
        guard !local.isEmpty, !domain.isEmpty, !local.contains("@"), !domain.hasPrefix("."), !domain.hasSuffix("."),
            !domain.contains("..")
        else { return nil }
        let refused: Set<Unicode.Scalar> = ["<", ">", "\"", ",", ";", ":", "\\", "(", ")", "[", "]", "\u{7F}"]
        guard !address.unicodeScalars.contains(where: { $0.value <= 0x20 || refused.contains($0) }) else { return nil }
        return address
    }

    /// What stands behind the `@`.
    public static func domain(of address: String) -> Substring {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return address[address.index(after: at)...]
    }
}
