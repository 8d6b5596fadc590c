/// Full-text expressions in the words of an engine's index: FTS5 beside SQLite, `tsquery` in PostgreSQL. Every token stands between quotes
/// and holds letters and digits alone, so nothing that a person types is ever read as syntax.
struct SearchExpression {
    let syntax: SearchSyntax
    let stemmer = Stemmer()

    /// What finds the term: its stem, or a word that begins with what was typed.
    func expression(_ term: SearchQuery.Term) -> String {
        let stems = phrase(term.tokens.map(stemmer.stem))
        if term.isPhrase || term.isExcluded && !term.isPrefix { return "(\(stems))" }
        let begins = phrase(term.tokens, isPrefix: isPrefixUseful(term))
        let alternatives = [stems, begins] + (trimmedPrefix(term).map { [$0] } ?? [])
        return "(\(alternatives.joined(separator: syntax.or)))"
    }

    /// One of the terms: for ranking.
    func any(_ terms: [SearchQuery.Term]) -> String {
        terms.map(expression).joined(separator: syntax.or)
    }

    /// Requesters by words of name or address; each may go on.
    func requesters(_ tokens: [String]) -> String {
        tokens.map { syntax.phrase([$0], isPrefix: true) }.joined(separator: syntax.and)
    }

    private func isPrefixUseful(_ term: SearchQuery.Term) -> Bool {
        term.isPrefix || (term.tokens.last?.utf8.count ?? 0) >= Self.shortestPrefix
    }

    /// Polish and other inflected words in Latin script have no stemmer here: a long word is also found by its beginning.
    private func trimmedPrefix(_ term: SearchQuery.Term) -> String? {
        guard term.tokens.count == 1, let token = term.tokens.first, token.count >= Self.longWord else { return nil }
        return phrase([String(token.dropLast(2))], isPrefix: true)
    }

    private func phrase(_ tokens: [String], isPrefix: Bool = false) -> String {
        syntax.phrase(tokens, isPrefix: isPrefix)
    }

    private static let shortestPrefix = 4
    private static let longWord = 8
}
