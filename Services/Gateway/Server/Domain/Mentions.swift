import Model

/// Whom a note names: `@` and a handle, which is an agent's address, what stands before the at sign of it, or their name.
struct Mentions: Sendable {
    /// More names are not read; a note that calls so many calls nobody.
    static let most = 20
    /// The most at signs of a text that are looked at, so that the work is bounded.
    private static let mostSigns = 200

    private var handles: [String: Set<Int64>] = [:]
    private var longest = 0

    /// - Parameter users: those who may be named.
    init(_ users: [User]) {
        for user in users where user.active && user.role.isStaff {
            let local = user.email.prefix { $0 != "@" }
            for handle in [user.email, String(local), user.name] { add(handle, user.id) }
        }
    }

    private mutating func add(_ handle: String, _ id: Int64) {
        let handle = handle.lowercased()
        guard !handle.isEmpty else { return }
        handles[handle, default: []].insert(id)
        longest = max(longest, handle.count)
    }

    /// The ids of those whom a text names, each once, in order. By the longest handle that stands behind the sign; where several agents share
    /// it, it names all of them.
    func ids(in text: String) -> [Int64] {
        var found: Set<Int64> = []
        var signs = 0
        var before: Character?
        var rest = text[...]
        while let sign = rest.firstIndex(of: "@"), signs < Self.mostSigns {
            signs += 1
            if sign > rest.startIndex { before = rest[rest.index(before: sign)] }
            rest = rest[rest.index(after: sign)...]
            // In an address, the sign stands behind a part of a word.
            if before.map({ !Self.isOfWord($0) }) ?? true { found.formUnion(named(at: rest)) }
            before = "@"
        }
        return Array(found.sorted().prefix(Self.most))
    }

    private func named(at rest: Substring) -> Set<Int64> {
        var candidate = rest.prefix(longest)
        while !candidate.isEmpty {
            let isWhole = candidate.endIndex == rest.endIndex || !Self.isOfWord(rest[candidate.endIndex])
            if isWhole, let ids = handles[candidate.lowercased()] { return ids }
            candidate = candidate.dropLast()
        }
        return []
    }

    private static func isOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
