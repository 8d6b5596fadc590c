/// Rewrites any HTML into a well-formed, balanced stream of allowed tags, before the HTML parser sees it.
///
/// The parser (gumbo) recurses over its tree when it frees it and reopens formatting elements without bound. What
/// leaves here is nested no deeper, has no more tags, and can lead to no more nodes than `MailLimits` says. One pass;
/// the safety of the result does not rest here but on the walk over the parsed tree (`HTMLDocument`).
struct HTMLTidier {
    private let input: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    private var open: [HTMLTag] = []
    private var openFormatting = 0
    private var tags = 0
    private var nodes = 0
    /// Names that no end tag follows any more, so that nobody looks twice.
    private var unclosed: HTMLTagSet = []

    static func tidied(_ html: String) -> [UInt8] {
        var html = html
        var tidier = HTMLTidier(input: html.withUTF8 { Array($0.prefix(MailLimits.maxHTMLBytes)) })
        tidier.run()
        return tidier.output
    }

    private init(input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private mutating func run() {
        while position < input.count {
            guard input[position] == UInt8(ascii: "<") else {
                text()
                continue
            }
            let next = position + 1 < input.count ? input[position + 1] : 0
            if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
                declaration()
            } else if next == UInt8(ascii: "/"), position + 2 < input.count, Self.isLetter(input[position + 2]) {
                position += 2
                let tag = HTMLTag(tagName())
                skipToTagEnd()
                if let tag { end(tag) }
            } else if Self.isLetter(next) {
                position += 1
                start()
            } else if next == UInt8(ascii: "/") {
                declaration()
            } else {
                output.append(contentsOf: "&lt;".utf8)
                position += 1
            }
        }
        close(downTo: 0)
    }

    private mutating func text() {
        let end = input[position...].firstIndex(of: UInt8(ascii: "<")) ?? input.count
        let isShown = { (byte: UInt8) in byte >= 32 || byte == 9 || byte == 10 || byte == 13 }
        let text = input[position..<end]
        output.append(contentsOf: text.allSatisfy(isShown) ? text : ArraySlice(text.filter(isShown)))
        nodes += 1 + openFormatting
        position = end
    }

    /// A comment, a doctype or something like one: nothing of it stays.
    private mutating func declaration() {
        if input[position...].starts(with: "<!--".utf8) {
            var index = position + 4
            while index + 2 < input.count {
                if input[index] == 45, input[index + 1] == 45, input[index + 2] == UInt8(ascii: ">") { break }
                index += 1
            }
            position = min(index + 3, input.count)
        } else {
            let end = input[position...].firstIndex(of: UInt8(ascii: ">")) ?? input.count - 1
            position = end + 1
        }
    }

    private mutating func start() {
        let tag = HTMLTag(tagName())
        let attributes = attributes(of: tag)
        guard let tag else { return }
        if HTMLVocabulary.dropped.contains(tag) { return skipContent(of: tag) }
        guard HTMLVocabulary.allowed.contains(tag) else { return }
        guard hasRoom, open.count < MailLimits.maxHTMLDepth else { return }
        if HTMLVocabulary.tableParts.contains(tag), !open.contains(.table) { return }
        closeImplied(by: tag)
        write(tag, attributes)
        guard !HTMLVocabulary.void.contains(tag) else { return }
        open.append(tag)
        if HTMLVocabulary.formatting.contains(tag) { openFormatting += 1 }
    }

    private var hasRoom: Bool { tags < MailLimits.maxHTMLTags && nodes < MailLimits.maxHTMLNodes }

    private mutating func write(_ tag: HTMLTag, _ attributes: [UInt8] = []) {
        tags += 1
        nodes += 1 + openFormatting
        output.append(UInt8(ascii: "<"))
        output.append(contentsOf: tag.name.utf8)
        output.append(contentsOf: attributes)
        output.append(UInt8(ascii: ">"))
    }

    private mutating func end(_ tag: HTMLTag) {
        // Browsers take it for a line break, so it is a tag like any other.
        if tag == .br, hasRoom { write(.br) }
        guard HTMLVocabulary.allowed.contains(tag), !HTMLVocabulary.void.contains(tag) else { return }
        let isOfTable = HTMLVocabulary.tableParts.contains(tag) || tag == .table
        if let index = openIndex(of: [tag], within: isOfTable ? [.table] : Self.cells) { close(downTo: index) }
    }

    /// What a paragraph inside them never leaves.
    private static let cells: HTMLTagSet = [.td, .th, .caption, .table]

    /// Closes what a start tag ends without saying so: a paragraph at the next block, an item at the next item.
    private mutating func closeImplied(by tag: HTMLTag) {
        if HTMLVocabulary.blocks.contains(tag), let index = openIndex(of: [.p], within: Self.cells) {
            close(downTo: index)
        }
        let index: Int? =
            switch tag {
            case .li: openIndex(of: [.li], within: Self.cells.union([.ul, .ol]))
            case .dt, .dd: openIndex(of: [.dt, .dd], within: Self.cells.union([.dl]))
            case .td, .th: openIndex(of: [.td, .th], within: [.tr, .table])
            case .tr: openIndex(of: [.tr, .caption], within: [.table])
            case .thead, .tbody, .tfoot, .caption:
                openIndex(of: [.thead, .tbody, .tfoot, .tr, .caption], within: [.table])
            case .a: openIndex(of: [.a], within: Self.cells)
            default: nil
            }
        guard var lowest = index else { return }
        // A row lies in its section: a new section closes both.
        if tag == .tbody || tag == .thead || tag == .tfoot || tag == .caption,
            let section = openIndex(of: [.thead, .tbody, .tfoot], within: [.table])
        {
            lowest = min(lowest, section)
        }
        close(downTo: lowest)
    }

    private func openIndex(of tags: HTMLTagSet, within barriers: HTMLTagSet) -> Int? {
        for index in open.indices.reversed() {
            if tags.contains(open[index]) { return index }
            if barriers.contains(open[index]) { return nil }
        }
        return nil
    }

    private mutating func close(downTo index: Int) {
        while open.count > index, let tag = open.popLast() {
            if HTMLVocabulary.formatting.contains(tag) { openFormatting -= 1 }
            output.append(contentsOf: "</".utf8)
            output.append(contentsOf: tag.name.utf8)
            output.append(UInt8(ascii: ">"))
        }
    }

    private mutating func skipContent(of tag: HTMLTag) {
        guard !unclosed.contains(tag) else { return }
        let pattern = Array("</\(tag.name)".utf8)
        var index = position
        while let mark = input[index...].firstIndex(of: UInt8(ascii: "<")) {
            if mark + pattern.count <= input.count,
                zip(input[mark...], pattern).allSatisfy({ $0 == $1 || ($0 | 0x20) == $1 })
            {
                position = mark
                skipToTagEnd()
                return
            }
            index = mark + 1
        }
        unclosed = unclosed.union([tag])
    }

    private mutating func tagName() -> ArraySlice<UInt8> {
        let start = position
        while position < input.count, !Self.isBlank(input[position]), input[position] != UInt8(ascii: ">"),
            input[position] != UInt8(ascii: "/")
        { position += 1 }
        return input[start..<position]
    }

    /// To behind the `>` that ends a tag, quoted values passed over.
    private mutating func skipToTagEnd() {
        while position < input.count, input[position] != UInt8(ascii: ">") { position += 1 }
        position = min(position + 1, input.count)
    }

    /// Reads the attributes of a start tag and writes those that the element keeps.
    private mutating func attributes(of element: HTMLTag?) -> [UInt8] {
        var kept: [UInt8] = []
        var seen: UInt16 = 0
        while position < input.count, input[position] != UInt8(ascii: ">") {
            if Self.isBlank(input[position]) || input[position] == UInt8(ascii: "/") {
                position += 1
                continue
            }
            let start = position
            position += 1
            while position < input.count, !Self.isBlank(input[position]), input[position] != UInt8(ascii: "="),
                input[position] != UInt8(ascii: ">"), input[position] != UInt8(ascii: "/")
            { position += 1 }
            let name = input[start..<position]
            let value = attributeValue()
            guard let element, let attribute = HTMLAttribute(name), HTMLVocabulary.allows(attribute, on: element),
                seen & 1 << attribute.rawValue == 0
            else { continue }
            seen |= 1 << attribute.rawValue
            kept.append(32)
            kept.append(contentsOf: attribute.name.utf8)
            kept.append(contentsOf: "=\"".utf8)
            for byte in value where byte >= 32 {
                switch byte {
                case UInt8(ascii: "\""): kept.append(contentsOf: "&quot;".utf8)
                case UInt8(ascii: "<"): kept.append(contentsOf: "&lt;".utf8)
                case UInt8(ascii: ">"): kept.append(contentsOf: "&gt;".utf8)
                default: kept.append(byte)
                }
            }
            kept.append(UInt8(ascii: "\""))
        }
        position = min(position + 1, input.count)
        return kept
    }

    private mutating func attributeValue() -> ArraySlice<UInt8> {
        var index = position
        while index < input.count, Self.isBlank(input[index]) { index += 1 }
        guard index < input.count, input[index] == UInt8(ascii: "=") else { return [] }
        index += 1
        while index < input.count, Self.isBlank(input[index]) { index += 1 }
        guard index < input.count else { position = index; return [] }
        let quote = input[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let end = input[(index + 1)...].firstIndex(of: quote) ?? input.count
            position = min(end + 1, input.count)
            return input[(index + 1)..<end]
        }
        var end = index
        while end < input.count, !Self.isBlank(input[end]), input[end] != UInt8(ascii: ">") { end += 1 }
        position = end
        return input[index..<end]
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
