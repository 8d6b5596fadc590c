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

    /// Sections that are open.
    private var nesting = 0

    init(_ template: String) {
        read(template)
    }

    /// Reads no further than the first tag that is beyond the limits; by characters, as mustache does, so that both see the same tags.
    private mutating func read(_ template: String) {
        guard template.utf8.count(where: { $0 == UInt8(ascii: "{") }) <= TemplateLimits.mostBraces else {
            return faults.append("must have at most \(TemplateLimits.mostBraces) opening braces")
        }
        var rest = Substring(template)
        var tagCount = 0
        while let open = rest.firstRange(of: "{{") {
            rest = rest[open.upperBound...]
            let isTriple = rest.first == "{"
            let end = isTriple ? "}}}" : "}}"
            guard let close = rest.firstRange(of: end) else {
                return faults.append("a tag is not closed: {{\(rest.prefix(20))")
            }
            tagCount += 1
            guard tagCount <= TemplateLimits.mostTags else {
                return faults.append("must have at most \(TemplateLimits.mostTags) tags")
            }
            let tag = rest[..<close.lowerBound]
            add(isTriple ? tag.dropFirst() : tag, isTriple: isTriple)
            guard nesting <= TemplateLimits.deepestNesting else {
                return faults.append("must nest sections at most \(TemplateLimits.deepestNesting) deep")
            }
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
        switch sigil {
        case "#", "^": nesting += 1
        case "/": nesting -= 1
        default: break
        }
        if isTriple || sigil == "&" { unescaped.append(bare) } else { names.append(bare) }
    }
}
