/// Which tags stand in a mustache template. Templates may use variables, sections, inverted sections and comments: no partials, no other
/// delimiters, no pragmas, no functions, so that what a template can say is seen by reading its tags.
struct TemplateSyntax: Sendable, Hashable {
    /// The facts that it names, escaped or as a section.
    private(set) var names: [String] = []
    /// The facts that it puts in as they stand.
    private(set) var unescaped: [String] = []
    /// What may not stand in a template.
    private(set) var faults: [String] = []

    private static let longestTag = 100

    init(_ template: String) {
        var rest = Substring(template)
        while let open = rest.firstRange(of: "{{") {
            rest = rest[open.upperBound...]
            let isTriple = rest.first == "{"
            let end = isTriple ? "}}}" : "}}"
            guard let close = rest.firstRange(of: end) else {
                faults.append("a tag is not closed: {{\(rest.prefix(20))")
                return
            }
            add(isTriple ? rest[..<close.lowerBound].dropFirst() : rest[..<close.lowerBound], isTriple: isTriple)
            rest = rest[close.upperBound...]
        }
    }

    private mutating func add(_ tag: Substring, isTriple: Bool) {
        let sigil = isTriple ? nil : tag.first
        var name = tag
        switch sigil {
        case "!": return
        case "#", "^", "/", "&": name = tag.dropFirst()
        case ">", "<", "$", "=", "%": return faults.append("the tag {{\(tag.prefix(Self.longestTag))}} may not be used")
        default: break
        }
        let bare = name.filter { $0 != " " }
        guard !bare.isEmpty, bare.utf8.count <= Self.longestTag,
            bare.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 46 || $0 == 95 })
        else { return faults.append("{{\(tag.prefix(Self.longestTag))}} names nothing") }
        if isTriple || sigil == "&" { unescaped.append(bare) } else { names.append(bare) }
    }
}
