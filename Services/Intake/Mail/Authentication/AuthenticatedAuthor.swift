import Model

/// Whether a mail is really from whom its `From` names, by what the mail server that took it from the world found (RFC 8601).
///
/// A sender can write an `Authentication-Results` field too. RFC 8601, section 5 has the border server remove those that claim its name;
/// here nothing is believed all the same unless the one field with a trusted name stands where only the border can have put it.
enum AuthenticatedAuthor {
    /// The address of the author, as addresses are compared; nil where it is not proved.
    ///
    /// Proved by DMARC, or by DKIM or SPF for a domain that is aligned with the author's. The public suffix list, which DMARC's relaxed
    /// alignment (RFC 7489, section 3.1) asks for, is left to the border: here one domain is the other or lies below it.
    ///
    /// - Parameters:
    ///   - header: of the source as it came, byte for byte.
    ///   - authservIDs: the names of the servers that are trusted, in lower case.
    static func address(in header: HeaderBlock, checkedBy authservIDs: Set<String>) -> String? {
        guard !authservIDs.isEmpty else { return nil }
        let authors = header.fields.filter { $0.name == "from" }
        guard !header.isOverLimit, authors.count == 1 else { return nil }
        let addresses = HeaderText.addresses(authors[0].value)
        guard addresses.count == 1, let address = EmailAddress.normalized(addresses[0].address),
            let results = results(in: header, authservIDs)
        else { return nil }
        return proves(results, String(EmailAddress.domain(of: address))) ? address : nil
    }

    // MARK: Which field counts

    /// The only field of a trusted name, if it stands above the border.
    private static func results(in header: HeaderBlock, _ ids: Set<String>) -> AuthenticationResults? {
        var found: (index: Int, results: AuthenticationResults)?
        for (index, field) in header.fields.enumerated() where field.name == "authentication-results" {
            // Nobody can tell whose name stands in what cannot be read.
            guard let results = AuthenticationResults(field.value) else { return nil }
            guard ids.contains(results.authservID) else { continue }
            // One of two was forged, or nobody removes what is forged. Nor does the border hide its own name.
            if found != nil || !results.isPlain { return nil }
            found = (index, results)
        }
        guard let found, isAboveBorder(header.fields[..<found.index], ids) else { return nil }
        return found.results
    }

    /// Above what the border wrote stand trace fields alone, and of `Received` (RFC 5321, section 4.4) no more than the one of a server inside,
    /// which handed the mail to us, and the border's own.
    private static func isAboveBorder(_ above: ArraySlice<HeaderBlock.Field>, _ ids: Set<String>) -> Bool {
        var hops = 0
        var isBorderPassed = false
        for field in above {
            if authorFields.contains(field.name) || field.name.hasPrefix("content-") { return false }
            guard field.name == "received" else { continue }
            hops += 1
            if isBorderPassed { return false }
            isBorderPassed = receiver(field.value).map(ids.contains) ?? false
            if hops > 1, !isBorderPassed { return false }
        }
        return true
    }

    /// What the author's own program writes.
    private static let authorFields: Set<String> = [
        "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references",
        "mime-version",
    ]

    /// The server that wrote a `Received` field: the word behind `by`.
    private static func receiver(_ value: [UInt8]) -> String? {
        let texts = (HeaderWord.words(of: value) ?? []).compactMap { $0.text?.lowercased() }
        guard let by = texts.firstIndex(of: "by"), by + 1 < texts.count else { return nil }
        return texts[by + 1]
    }

    // MARK: What it proves

    private static func proves(_ results: AuthenticationResults, _ domain: String) -> Bool {
        let dmarc = results.findings.filter { $0.method == "dmarc" }
        // What DMARC failed or could not find out, nothing else makes good.
        guard dmarc.allSatisfy({ $0.result == "pass" || $0.result == "none" }) else { return false }
        return results.findings.contains { finding in
            guard finding.result == "pass" else { return false }
            switch finding.method {
            case "dmarc": return finding.properties["header.from"] == domain
            case "dkim":
                let signer = finding.properties["header.d"] ?? finding.properties["header.i"].map(Self.domain)
                return signer.map { isAligned($0, domain) } ?? false
            case "spf": return finding.properties["smtp.mailfrom"].map { isAligned(Self.domain($0), domain) } ?? false
            default: return false
            }
        }
    }

    /// What stands behind the last `@`; all of it without one.
    private static func domain(_ address: String) -> String {
        address.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    }

    /// Whether one is the other or lies below it, and both have two labels at least.
    private static func isAligned(_ one: String, _ other: String) -> Bool {
        let shorter = one.utf8.count < other.utf8.count ? one : other
        guard shorter.dropFirst().dropLast().contains(".") else { return false }
        return one == other || one.hasSuffix("." + other) || other.hasSuffix("." + one)
    }
}
