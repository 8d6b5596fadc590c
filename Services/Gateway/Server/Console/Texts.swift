import Mustache

/// The console's texts in one language.
struct Texts: Sendable, MustacheParent {
    /// The languages that the console speaks; the first is for everyone else.
    static let languages = ["en", "ru", "el", "pl"]

    let language: String
    private let texts: [TextKey: String]

    /// - Parameter language: one of `languages`; English for any other.
    init(_ language: String) {
        let all = ["en": Self.english, "ru": Self.russian, "el": Self.greek, "pl": Self.polish]
        self.language = all[language] == nil ? "en" : language
        texts = all[self.language] ?? Self.english
    }

    subscript(_ key: TextKey) -> String { texts[key] ?? Self.english[key] ?? key.rawValue }

    /// The text of a name made at run time, as `status_open`; the bare name when there is none.
    func named(_ prefix: String, _ name: String) -> String {
        TextKey(rawValue: "\(prefix)_\(name)").map { self[$0] } ?? name
    }

    func child(named name: String) -> Any? {
        name == "language" ? language : TextKey(rawValue: name).map { self[$0] }
    }

    /// The reader's language: the user's own, else what the browser asks for (RFC 9110, section 12.5.4).
    static func preferred(user: String, header: String?) -> String {
        if let own = supported(user) { return own }
        let wanted = (header ?? "").split(separator: ",").enumerated().compactMap {
            index, part -> (String, Double, Int)? in
            let pieces = part.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let tag = pieces.first, let language = supported(String(tag)) else { return nil }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return quality > 0 ? (language, quality, index) : nil
        }
        return wanted.min { ($1.1, $0.2) < ($0.1, $1.2) }?.0 ?? languages[0]
    }

    private static func supported(_ tag: String) -> String? {
        let primary = tag.split(separator: "-").first.map { $0.lowercased() } ?? ""
        return languages.contains(primary) ? primary : nil
    }
}
