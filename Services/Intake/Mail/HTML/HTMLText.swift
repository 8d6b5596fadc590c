/// HTML read as plain text: paragraphs, lists, quotes and where links lead.
public enum HTMLText {
    public static func plain(_ html: String) -> String {
        var writer = HTMLTextWriter()
        HTMLDocument(html).walk { writer.take($0) }
        return writer.finished()
    }
}

/// Collects the text of a document as it is walked.
private struct HTMLTextWriter {
    private var lines: [String] = []
    /// Whether the last of them has nothing but quote marks. Looked up once a line, for a mail may ask at each of its tags.
    private var isLastLineBlank = false
    private var line = ""
    private var quoteDepth = 0
    private var lastQuoteDepth = 0
    private var preDepth = 0
    private var pendingBlank = false
    private var items: [Int?] = []
    private var links: [(target: String, start: Int)] = []

    mutating func take(_ event: HTMLDocument.Event) {
        switch event {
        case .text(let text): add(text)
        case .open(let tag, let attributes): open(tag, attributes)
        case .close(let tag): close(tag)
        }
    }

    mutating func finished() -> String {
        endLine()
        return PlainText.body(lines.joined(separator: "\n"))
    }

    private mutating func open(_ tag: HTMLTag, _ attributes: HTMLDocument.Attributes) {
        switch tag {
        case .br: endLine(always: true)
        case .hr: endBlock()
        case .img:
            if let alt = attributes.first(where: { $0.name == .alt })?.value, !alt.isEmpty { add("[\(alt)]") }
        case .a:
            links.append((attributes.first { $0.name == .href }?.value ?? "", line.utf8.count))
        case .blockquote:
            endBlock()
            quoteDepth += 1
        case .pre:
            endBlock()
            preDepth += 1
        case .ul: endLine(); items.append(nil)
        case .ol: endLine(); items.append(0)
        case .li:
            endLine()
            let indent = String(repeating: "  ", count: max(0, min(items.count, 8) - 1))
            if let last = items.last, let number = last {
                items[items.count - 1] = number + 1
                line = "\(indent)\(number + 1). "
            } else {
                line = indent + "- "
            }
        case .td, .th: if !line.isEmpty, line.last != " " { line += "  " }
        case .p, .h1, .h2, .h3, .h4, .h5, .h6, .table, .dl: endBlock()
        case .div, .tr, .center, .address, .dt, .dd, .caption: endLine()
        default: break
        }
    }

    private mutating func close(_ tag: HTMLTag) {
        switch tag {
        case .a:
            guard let link = links.popLast() else { return }
            let target = link.target.lowercased()
            guard target.hasPrefix("http"), target.utf8.count <= 200, line.utf8.count > link.start else { return }
            let shown = String(decoding: line.utf8.dropFirst(link.start), as: UTF8.self)
            if !shown.contains("://"), !shown.hasPrefix("www.") { line += " <\(link.target)>" }
        case .blockquote:
            endBlock()
            quoteDepth = max(0, quoteDepth - 1)
        case .pre:
            endBlock()
            preDepth = max(0, preDepth - 1)
        case .ul, .ol:
            endLine()
            _ = items.popLast()
            if items.isEmpty { pendingBlank = true }
        case .p, .h1, .h2, .h3, .h4, .h5, .h6, .table, .dl: endBlock()
        case .div, .tr, .li, .center, .address, .dt, .dd, .caption: endLine()
        default: break
        }
    }

    private mutating func add(_ text: String) {
        if preDepth > 0 {
            for (index, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { endLine(always: true) }
                line += part
            }
            return
        }
        var added: [UInt8] = []
        added.reserveCapacity(text.utf8.count)
        var afterBlank = line.isEmpty || line.utf8.last == UInt8(ascii: " ")
        var bytes = text.utf8.makeIterator()
        while var byte = bytes.next() {
            var lead: UInt8?
            // A no-break space is C2 A0.
            if byte == 0xC2, let next = bytes.next() { (lead, byte) = (byte, next) }
            let isBlank = lead == nil ? byte == 32 || byte == 10 || byte == 13 || byte == 9 : byte == 0xA0
            if !isBlank {
                if let lead { added.append(lead) }
                added.append(byte)
            } else if !afterBlank {
                added.append(UInt8(ascii: " "))
            }
            afterBlank = isBlank
        }
        line += String(decoding: added, as: UTF8.self)
    }

    private func quoteMarks(_ depth: Int) -> String {
        depth > 0 ? String(repeating: ">", count: min(depth, 20)) + " " : ""
    }

    private mutating func endBlock() {
        endLine()
        pendingBlank = true
    }

    private mutating func endLine(always: Bool = false) {
        while preDepth == 0, line.last == " " { line.removeLast() }
        guard always || !line.isEmpty else { return }
        let prefix = quoteMarks(quoteDepth)
        if pendingBlank, !lines.isEmpty, !isLastLineBlank {
            append(String(quoteMarks(min(quoteDepth, lastQuoteDepth)).dropLast()))
        }
        lastQuoteDepth = quoteDepth
        pendingBlank = false
        // More than one blank line in a row says nothing.
        if line.isEmpty, isLastLineBlank, preDepth == 0 { return }
        append(line.isEmpty ? String(prefix.dropLast()) : prefix + line)
        line = ""
        for index in links.indices { links[index].start = 0 }
    }

    private mutating func append(_ line: String) {
        lines.append(line)
        isLastLineBlank = line.utf8.allSatisfy { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: " ") }
    }
}
