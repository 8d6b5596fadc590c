import Mail
import Model
import ServiceKit
import Store

/// Takes mail in: keeps the raw source and the files, then files the mail in one transaction. It is accepted when that has returned.
struct MailAcceptance: Sendable {
    let store: Store
    let blobs: any BlobStore
    /// Nil: a mail is read however often that ended the process.
    var marks: ReadingMarks?
    /// Nil: what Outlook wrapped stays wrapped.
    var unpacker: WinmailUnpacker?

    /// - Parameters:
    ///   - envelopeFrom: the return path: empty is the null path, nil is unknown.
    ///   - recipient: empty for the default mailbox.
    func accept(_ raw: [UInt8], envelopeFrom: String?, recipient: String) async throws -> MailOutcome {
        // A hostile mail may take a second to read. The caller's thread may be a connection's, which has others to serve.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            let mail = try await read(raw, envelopeFrom: envelopeFrom, recipient: recipient)
            return try await store.write("accept mail", ahead: { try $0.lookAhead(for: mail) }) { try $0.file(mail) }
        }
    }

    /// Reads a mail, its raw source and its files kept; nothing names them yet.
    func read(_ raw: [UInt8], envelopeFrom: String?, recipient: String) async throws -> IncomingMail {
        let source = StoredSource(hash: try await blobs.put(raw), sizeBytes: Int64(raw.count))
        var parsed = parse(raw, hash: source.hash, envelopeFrom: envelopeFrom)
        await unpackWinmail(&parsed)
        var files: [NewFile] = []
        for attachment in parsed.attachments {
            files.append(
                NewFile(
                    filename: attachment.filename, contentType: attachment.contentType,
                    sizeBytes: Int64(attachment.bytes.count), isInline: attachment.isInline,
                    contentID: attachment.contentID, blobHash: try await blobs.put(attachment.bytes)))
        }
        parsed.attachments = []
        if parsed.quarantine != nil {
            files.append(
                NewFile(
                    filename: "message.eml", contentType: "message/rfc822", sizeBytes: source.sizeBytes,
                    isInline: false,
                    contentID: "", blobHash: source.hash))
        }
        return IncomingMail(
            parsed, raw: source, recipient: recipient, envelopeFrom: envelopeFrom, files: files,
            traceParent: TraceContext.header)
    }

    /// A mail whose reading ended the process is quarantined unread.
    private func parse(_ raw: [UInt8], hash: String, envelopeFrom: String?) -> ParsedMail {
        guard let marks else { return MailParser.parse(raw, envelopeFrom: envelopeFrom) }
        if let parsed = marks.reading(hash, { MailParser.parse(raw, envelopeFrom: envelopeFrom) }) { return parsed }
        var unread = ParsedMail()
        unread.quarantine = .unreadable
        unread.text = "Reading this mail failed each time it was tried. Its raw source is attached."
        return unread
    }

    /// The files in Outlook's wrapper become attachments beside it, as many as there is room for.
    private func unpackWinmail(_ parsed: inout ParsedMail) async {
        guard let unpacker, parsed.wrappers.contains(.winmail) else { return }
        for wrapper in parsed.attachments.filter(\.isWinmail).prefix(Self.mostWrappers) {
            let files = await unpacker.files(in: wrapper.bytes, withBody: parsed.text.isBlank)
            parsed.attachments += files.prefix(max(0, MailLimits.maxAttachments - parsed.attachments.count))
        }
    }

    private static let mostWrappers = 3
}
