/// Whether elements are nested so plainly that a parser makes of their text the very tree that it was written from: nothing closes
/// something else without saying so, nothing stands where it may not, and no limit is near. Whoever is in doubt says no.
///
/// The rules are those of tree construction (WHATWG HTML, 13.2.6.4) for the elements of ``HTMLVocabulary/allowed``.
struct HTMLNesting {
    private(set) var isPlain = true
    private var open: [HTMLTag] = []
    private var openFormatting = 0
    private var tags = 0
    private var nodes = 0

    /// A cell or a caption begins anew: what is open around it does not count inside.
    private static let scopes: HTMLTagSet = [.td, .th, .caption]
    private static let headings: HTMLTagSet = [.h1, .h2, .h3, .h4, .h5, .h6]
    private static let sections: HTMLTagSet = [.thead, .tbody, .tfoot]
    /// Where no text may stand.
    private static let frames: HTMLTagSet = [.table, .thead, .tbody, .tfoot, .tr]

    mutating func open(_ tag: HTMLTag) {
        guard isPlain else { return }
        tags += 1
        nodes += 1 + openFormatting
        isPlain = isPlainHere(tag) && isSmall
        if HTMLVocabulary.void.contains(tag) { return }
        open.append(tag)
        if HTMLVocabulary.formatting.contains(tag) { openFormatting += 1 }
    }

    mutating func text(_ text: String) {
        guard isPlain else { return }
        nodes += 1 + openFormatting
        if let parent = open.last, Self.frames.contains(parent) {
            isPlain = text.utf8.allSatisfy { $0 == 32 || $0 == 10 || $0 == 9 }
        }
    }

    /// The innermost element ends.
    mutating func close() {
        guard isPlain, let tag = open.popLast() else { return }
        if HTMLVocabulary.formatting.contains(tag) { openFormatting -= 1 }
    }

    private var isSmall: Bool {
        tags < MailLimits.maxHTMLTags && nodes < MailLimits.maxHTMLNodes && open.count + 1 < MailLimits.maxHTMLDepth
    }

    private func isPlainHere(_ tag: HTMLTag) -> Bool {
        let parent = open.last
        switch tag {
        // Its first line has a rule of its own.
        case .pre: return false
        case .thead, .tbody, .tfoot, .caption: return parent == .table
        case .tr: return parent.map(Self.sections.contains) ?? false
        case .td, .th: return parent == .tr
        default: if let parent, Self.frames.contains(parent) { return false }
        }
        switch tag {
        case .li: if parent != .ul, parent != .ol { return false }
        case .dt, .dd: if parent != .dl { return false }
        case .a: if open.contains(.a) { return false }
        default: break
        }
        let isBlock = HTMLVocabulary.blocks.contains(tag)
        let isHeading = Self.headings.contains(tag)
        var same = 0
        for outer in open.reversed() {
            if Self.scopes.contains(outer) { break }
            if isBlock, outer == .p || HTMLVocabulary.formatting.contains(outer) { return false }
            if isHeading, Self.headings.contains(outer) { return false }
            if outer == tag { same += 1 }
        }
        // Of more than three alike the parser forgets the first.
        return same <= 2 || !HTMLVocabulary.formatting.contains(tag)
    }
}
