/// Reads what came back, from the parts of a delivery report (RFC 3464) or, failing that, from the body's own words.
enum BounceReport {
    /// The most bytes of a body that are searched.
    private static let maxSearchedBytes = 512 * 1024
    private static let maxRecipients = 100
    /// The most groups of fields of a delivery report that are read, and of each so many bytes: a report has one group for the mail and one for
    /// each recipient.
    private static let maxGroups = 200
    private static let maxGroupBytes = 64 * 1024
    /// What holds the mail that came back, or its header.
    private static let originalTypes: Set<String> = [
        "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers",
    ]

    static func read(_ content: MailContent, header: HeaderBlock, body: ArraySlice<UInt8>) -> MailBounce {
        var bounce = MailBounce()
        var groups = 0
        for report in content.deliveryReports { readFields(report, into: &bounce, groups: &groups) }
        if bounce.failedRecipients.isEmpty { BounceWords.read(content, header: header, into: &bounce) }
        let originals = content.attachments.filter {
            originalTypes.contains($0.contentType)
        }
        for original in originals where bounce.originalMessageID.isEmpty {
            bounce.originalMessageID =
                HeaderText.messageIDs(HeaderBlock(original.bytes).first("message-id")).first ?? ""
        }
        var searched = body.prefix(maxSearchedBytes)
        for segment in content.segments {
            searched += Array((segment.plain ?? "").utf8.prefix(maxSearchedBytes))
        }
        for original in originals { searched += original.bytes.prefix(maxSearchedBytes / 4) }
        bounce.replyAddresses = ReplyAddress.all(in: searched)
        if bounce.originalMessageID.isEmpty { bounce.originalMessageID = quotedMessageID(searched) }
        return bounce
    }

    /// Reads on while `groups`, those of all reports, are fewer than the limit. However many blank lines there are, they cost nothing each.
    private static func readFields(_ report: [UInt8], into bounce: inout MailBounce, groups: inout Int) {
        var rest = report.prefix(maxSearchedBytes)
        while groups < maxGroups, bounce.failedRecipients.count < maxRecipients {
            rest = rest.drop { $0 == 13 || $0 == 10 }
            if rest.isEmpty { return }
            groups += 1
            let block = HeaderBlock(Array(rest.prefix(maxGroupBytes)))
            rest = rest.dropFirst(max(1, block.bodyStart))
            guard let recipient = block.first("final-recipient") ?? block.first("original-recipient") else { continue }
            let text = HeaderText.decode(recipient)
            let address = text.firstIndex(of: ";").map { String(text[text.index(after: $0)...]) } ?? text
            bounce.failedRecipients.append(PlainText.line(address).filter { !"<> ".contains($0) })
            if bounce.action.isEmpty { bounce.action = block.keyword("action") }
            if bounce.status.isEmpty { bounce.status = block.keyword("status") }
        }
    }

    private static func quotedMessageID(_ bytes: ArraySlice<UInt8>) -> String {
        for line in bytes.split(separator: 10) where line.count < 1_000 {
            let start = line.drop { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ">") }
            guard start.count > 12 else { continue }
            let name = String(decoding: start.prefix(11), as: UTF8.self).lowercased()
            if name == "message-id:", let id = HeaderText.messageIDs(Array(start.dropFirst(11))).first { return id }
        }
        return ""
    }
}
