import Model

/// What a person typed into the search box, understood: words and phrases with filters between them. Anything can be typed; what makes
/// no sense as an operator is searched for as words.
struct SearchQuery: Sendable, Hashable {
    /// A word, or several in a row, that a ticket must hold or must not.
    struct Term: Sendable, Hashable {
        /// Folded, in order; never empty.
        var tokens: [String]
        /// The last token may go on.
        var isPrefix = false
        /// Typed between quotes.
        var isPhrase = false
        var isExcluded = false
    }

    enum Filter: Sendable, Hashable {
        case status(TicketStatus)
        case tag(String)
        /// Folded words of the requester's name or address.
        case from([String])
        /// 0 asks for unassigned ones.
        case assignee(Int64)
        /// The operator's value names nothing, so nothing matches.
        case nothing
    }

    struct ConditionedFilter: Sendable, Hashable {
        var filter: Filter
        var isExcluded = false
    }

    var terms: [Term] = []
    var filters: [ConditionedFilter] = []

    /// More parts than this are not looked at.
    static let maximumParts = 24

    /// - Parameter me: whom `assignee:me` means.
    init(_ text: String, me: Int64) {
        for part in Self.parts(of: text).prefix(Self.maximumParts) {
            if let name = part.name, let filter = Self.filter(name, part.value, me: me) {
                filters.append(ConditionedFilter(filter: filter, isExcluded: part.isExcluded))
                continue
            }
            let words = part.name.map { "\($0) \(part.value)" } ?? part.value
            let tokens = Array(SearchTokens(words))
            guard !tokens.isEmpty else { continue }
            terms.append(
                Term(
                    tokens: tokens, isPrefix: !part.isQuoted && words.hasSuffix("*"), isPhrase: part.isQuoted,
                    isExcluded: part.isExcluded))
        }
    }

    private static func filter(_ name: String, _ value: String, me: Int64) -> Filter? {
        guard !value.isEmpty else { return nil }
        switch name {
        case "status": return TicketStatus(name: value.lowercased()).map(Filter.status) ?? .nothing
        case "tag": return .tag(value.lowercased())
        case "from":
            let tokens = Array(SearchTokens(value))
            return tokens.isEmpty ? .nothing : .from(tokens)
        case "assignee":
            switch value.lowercased() {
            case "me": return .assignee(me)
            case "none": return .assignee(0)
            default: return Int64(value).map(Filter.assignee) ?? .nothing
            }
        default: return nil
        }
    }
}

extension SearchQuery {
    /// One part of what was typed: `-name:"value"` with everything but the value optional.
    private struct Part {
        var name: String?
        var value: String
        var isQuoted: Bool
        var isExcluded: Bool
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard let first = rest.first else { return parts }
            let isExcluded = first == "-"
            if isExcluded { rest.removeFirst() }
            var name: String?
            let head = rest.prefix { $0.isLetter }
            if !head.isEmpty, rest.dropFirst(head.count).first == ":" {
                name = head.lowercased()
                rest = rest.dropFirst(head.count + 1)
            }
            let isQuoted = rest.first == "\""
            let value: Substring
            if isQuoted {
                rest.removeFirst()
                value = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
            } else {
                value = rest.prefix { !$0.isWhitespace && $0 != "\"" }
                rest = rest.dropFirst(value.count)
            }
            parts.append(Part(name: name, value: String(value), isQuoted: isQuoted, isExcluded: isExcluded))
        }
    }
}
