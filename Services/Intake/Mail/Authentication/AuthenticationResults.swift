/// One `Authentication-Results` field (RFC 8601, section 2.2): who checked a mail, and what came of each check.
struct AuthenticationResults: Hashable {
    /// What one method found.
    struct Finding: Hashable {
        /// Lower case, without a version: `dkim`.
        var method: String
        /// Lower case: `pass`.
        var result: String
        /// What was looked at, by `ptype.property` in lower case: `header.d`. One that is told twice and differently is left out.
        var properties: [String: String] = [:]
    }

    /// Who checked, in lower case; empty where the field does not say.
    let authservID: String
    let findings: [Finding]

    /// The value begins with the bare name, as every server writes its own. Behind a comment or in quotes it is the same name to RFC 8601, but not
    /// to the rules by which a border server removes the fields that claim its name.
    let isPlain: Bool

    /// The longest value that is read, in bytes.
    static let longestBytes = 16 * 1024
    /// The most findings that are read.
    static let mostFindings = 50

    /// Nil for what cannot be read to its end: a comment or a quote left open, another version, too much.
    init?(_ value: [UInt8]) {
        guard value.count <= Self.longestBytes, let words = HeaderWord.words(of: value) else { return nil }
        let statements = words.split(separator: .semicolon, omittingEmptySubsequences: false)
        guard let head = statements.first, statements.count <= Self.mostFindings + 1 else { return nil }
        let names = head.compactMap(\.text)
        if head.contains(.equals) {
            // Some name nobody and begin with a finding.
            authservID = ""
        } else if names.count == 1 || (names.count == 2 && names[1] == "1") {
            authservID = names[0].lowercased()
        } else {
            return nil
        }
        findings = statements.dropFirst().compactMap(Self.finding)
        let start = value.drop { $0 == 32 || $0 == 9 }.prefix { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: ";") }
        isPlain = String(decoding: start, as: UTF8.self).lowercased() == authservID
    }

    private static func finding(_ words: ArraySlice<HeaderWord>) -> Finding? {
        var rest = words
        guard let (method, result) = pair(&rest) else { return nil }
        var finding = Finding(
            method: String(method.prefix { $0 != "/" }).lowercased(), result: result.lowercased())
        var contradicted: Set<String> = []
        while !rest.isEmpty {
            guard let (name, value) = pair(&rest) else {
                rest = rest.dropFirst()
                continue
            }
            let key = name.lowercased()
            if finding.properties[key].map({ $0 != value.lowercased() }) ?? false { contradicted.insert(key) }
            finding.properties[key] = value.lowercased()
        }
        for key in contradicted { finding.properties[key] = nil }
        return finding
    }

    /// Takes `name = value` from the front; nil, and nothing taken, where something else stands there.
    private static func pair(_ rest: inout ArraySlice<HeaderWord>) -> (String, String)? {
        let front = Array(rest.prefix(3))
        guard front.count == 3, front[1] == .equals, let name = front[0].text, let value = front[2].text else {
            return nil
        }
        rest = rest.dropFirst(3)
        return (name, value)
    }
}
