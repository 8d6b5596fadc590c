import CGMime

/// The body of a mail taken apart: what is to be read, and what came along.
struct MailContent {
    /// One stretch of the body, as plain text, as HTML, or both.
    struct Segment {
        var plain: String?
        var html: String?
    }

    private(set) var segments: [Segment] = []
    private(set) var attachments: [MailAttachment] = []
    /// The bodies of message/delivery-status parts.
    private(set) var deliveryReports: [[UInt8]] = []
    private(set) var wrappers: Set<MailWrapper> = []
    private(set) var quarantine: QuarantineReason?
    /// The first invitation.
    private var calendar: String?
    /// What the texts read so far have in bytes, of each no more than is kept of a mail.
    private var textBytes = 0

    static func read(header: HeaderBlock, body: ArraySlice<UInt8>) -> MailContent {
        var content = MailContent()
        // GMime sees only the fields that describe the body: all others are read without it, under our own limits.
        var source: [UInt8] = []
        for name in ["content-type", "content-transfer-encoding", "content-disposition", "content-id"] {
            guard let field = header.fields.first(where: { $0.name == name && $0.value.contains { $0 > 32 } }) else {
                continue
            }
            let value = field.value.prefix(MailLimits.maxPartFieldBytes).map { $0 < 32 ? 32 : $0 }
            // A type that names none is no better than a missing one (RFC 2045, section 5.2).
            if name == "content-type", !value.contains(UInt8(ascii: "/")) { continue }
            source += Array("\(name): ".utf8) + value + [13, 10]
        }
        let type = header.text("content-type").lowercased()
        if type.contains("multipart") || type.contains("message"), let refusal = BodyScan.refusal(body) {
            content.quarantine = refusal
            return content
        }
        source += [13, 10]
        source += body
        GMimeLibrary.start()
        guard let message = firstline_gmime_parse(source, source.count) else {
            content.quarantine = .unreadable
            return content
        }
        defer { firstline_gmime_release(message) }
        if let root = firstline_gmime_root(message) { content.walk(MimePart(object: root)) }
        content.readLeftovers(of: body)
        return content
    }

    /// Where nothing can be read, an invitation says what it is about, and a multipart in disorder is shown as it stands.
    private mutating func readLeftovers(of body: ArraySlice<UInt8>) {
        let isBlank = segments.allSatisfy { segment in
            [segment.plain, segment.html].allSatisfy { $0?.allSatisfy(\.isWhitespace) ?? true }
        }
        guard isBlank else { return }
        if let calendar {
            segments = [Segment(plain: CalendarText.summary(calendar))]
        } else if attachments.isEmpty, quarantine == nil {
            let rest = body.prefix(MailLimits.maxTextBytes).split(separator: 10).filter { !$0.starts(with: "--".utf8) }
            guard rest.contains(where: { $0.contains { $0 > 32 } }) else { return }
            segments = [Segment(plain: Charset.decode(Array(rest.joined(separator: [10])), declared: nil))]
        }
    }

    /// A part waiting to be read: how deep it lies, the segment that it belongs to, and what its parents are.
    private struct Pending {
        let part: MimePart
        var depth = 0
        var segment: Int?
        var isRelated = false
        var isFirst = true
    }

    private mutating func walk(_ root: MimePart) {
        var pending = [Pending(part: root)]
        var count = 0
        while let next = pending.popLast() {
            count += 1
            if count > MailLimits.maxParts {
                quarantine = .tooManyParts
                return
            }
            let type = "\(next.part.mediaType)/\(next.part.mediaSubtype)"
            if let wrapper = MailWrapper(part: next.part, type: type) { wrappers.insert(wrapper) }
            guard next.part.kind == .multipart else {
                leaf(next, type: type)
                continue
            }
            if next.depth >= MailLimits.maxDepth {
                quarantine = .tooDeep
                continue
            }
            pending += children(of: next, room: MailLimits.maxParts - count)
        }
    }

    /// The parts of a multipart, the first one last, ready to be taken from the end.
    private mutating func children(of parent: Pending, room: Int) -> [Pending] {
        let subtype = parent.part.mediaSubtype
        var template = parent
        if subtype == "alternative", parent.segment == nil {
            segments.append(Segment())
            template.segment = segments.count - 1
        }
        let total = parent.part.childCount
        let root = subtype == "related" ? rootIndex(of: parent.part, count: min(total, room)) : 0
        if total > room { quarantine = .tooManyParts }
        var children: [Pending] = []
        for index in 0..<min(total, room) {
            guard let part = parent.part.child(index) else { continue }
            children.append(
                Pending(
                    part: part, depth: parent.depth + 1, segment: template.segment,
                    isRelated: subtype == "related" && index != root, isFirst: parent.isFirst && index == 0))
        }
        return children.reversed()
    }

    /// Which of related parts is the text that the others belong to: the first, unless the start parameter says otherwise (RFC 2387).
    private func rootIndex(of part: MimePart, count: Int) -> Int {
        guard let start = part.parameter("start")?.filter({ !"<> ".contains($0) }), !start.isEmpty else { return 0 }
        return (0..<count).first { part.child($0)?.contentID == start } ?? 0
    }

    private mutating func leaf(_ item: Pending, type: String) {
        let part = item.part
        if part.kind == .leaf, isReadable(item, type) {
            read(part, type: type, into: item.segment)
        } else {
            attach(item, type: type)
        }
    }

    private static let reportTypes: Set<String> = ["message/delivery-status", "message/global-delivery-status"]

    private static let mailTypes: Set<String> = ["message/rfc822", "message/global"]

    private static let readableTypes: Set<String> = ["text/plain", "text/html", "text/enriched", "text/richtext"]

    private func isReadable(_ item: Pending, _ type: String) -> Bool {
        let isReadableType = Self.readableTypes.contains(type)
        guard isReadableType, !item.isRelated, item.part.disposition != "attachment" else { return false }
        return item.part.filename == nil || (item.isFirst && item.part.disposition == nil)
    }

    private mutating func read(_ part: MimePart, type: String, into index: Int?) {
        // Of a thousand parts, those are read that can fill what is kept, and then some: one may be empty to the eye.
        guard textBytes < MailLimits.maxReadTextBytes else { return }
        // More than is kept of a text need not be converted; no charset takes more than four bytes a character.
        let bytes = part.isFalselyBase64 ? part.rawContent : Array(part.content.prefix(MailLimits.maxTextBytes * 4))
        let label = part.charset ?? (type == "text/html" ? HTMLCharset.label(bytes) : nil)
        let text = Charset.decode(bytes, declared: label)
        textBytes += min(text.utf8.count, MailLimits.maxTextBytes)
        var segment = Segment()
        if type == "text/html" {
            segment.html = text
        } else if type != "text/plain" {
            // Enriched text (RFC 1896) has HTML's kind of tags; beside plain text it tells nothing new.
            if let index, segments[index].plain != nil || segments[index].html != nil { return }
            segment.plain = HTMLText.plain(text.replacing("\n", with: "<br>"))
        } else if part.parameter("format")?.lowercased() == "flowed" {
            let deletesSpace = part.parameter("delsp")?.lowercased() == "yes"
            segment.plain = FlowedText.unfolded(PlainText.body(text), deletesSpace: deletesSpace)
        } else {
            segment.plain = text
        }
        guard let index else {
            segments.append(segment)
            return
        }
        if let plain = segment.plain { Self.append(plain, to: &segments[index].plain) }
        if let html = segment.html { Self.append(html, to: &segments[index].html) }
    }

    /// In place, for there may be a thousand.
    private static func append(_ next: String, to text: inout String?) {
        if text == nil { text = next } else { text? += "\n" + next }
    }

    private mutating func attach(_ item: Pending, type: String) {
        let part = item.part
        guard attachments.count < MailLimits.maxAttachments else {
            quarantine = .tooManyAttachments
            return
        }
        let bytes = part.content
        if Self.reportTypes.contains(type) { deliveryReports.append(bytes) }
        if type == "text/calendar", calendar == nil {
            calendar = Charset.decode(Array(bytes.prefix(MailLimits.maxTextBytes)), declared: part.charset)
        }
        var name = part.filename
        if name == nil, part.kind == .message || Self.mailTypes.contains(type) {
            let subject = HeaderBlock(bytes).text("subject")
            name = subject.isEmpty ? nil : subject.replacing("/", with: "-") + ".eml"
        }
        let id = part.contentID
        let isInline = !id.isEmpty && part.mediaType == "image" && (item.isRelated || part.disposition != "attachment")
        attachments.append(
            MailAttachment(
                filename: Filename.cleaned(name, contentType: type), contentType: type, bytes: bytes,
                isInline: isInline, contentID: id))
    }
}
