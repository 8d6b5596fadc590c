import Mail
import Model
import ServiceKit
import Store

/// Takes mail in: reads it, then files it in one transaction with its raw source and its files. It is accepted when that has returned.
struct MailAcceptance: Sendable {
    let store: Store
    let blobs: any BlobStore
    /// Names of the mail servers whose word on who wrote a mail is taken (RFC 8601), lower case; without any, no agent acts by mail.
    var authservIDs: Set<String> = []
    /// Nil: a mail is read however often that ended the process.
    var marks: ReadingMarks?
    /// Nil: what Outlook wrapped stays wrapped.
    var unpacker: WinmailUnpacker?

    /// - Parameters:
    ///   - envelopeFrom: the return path: empty is the null path, nil is unknown.
    ///   - recipient: empty for the default mailbox.
    ///   - isFromServer: it comes from a mail server of the operator's, so that what stands at its top is that server's word.
    func accept(
        _ raw: [UInt8], envelopeFrom: String?, recipient: String, isFromServer: Bool = false
    ) async throws -> MailOutcome {
        let mail =
            if raw.count <= Self.readInPlaceBytes {
                try await read(raw, envelopeFrom: envelopeFrom, recipient: recipient, isFromServer: isFromServer)
            } else {
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await read(raw, envelopeFrom: envelopeFrom, recipient: recipient, isFromServer: isFromServer)
                }
            }
        return try await store.write("accept mail", ahead: { try $0.lookAhead(for: mail) }) { try $0.file(mail) }
    }

    /// A hostile mail may take a second to read, and the caller's thread may be a connection's, which has others to serve. A longer mail than
    /// this is read elsewhere; one of this length takes milliseconds at worst, and mostly less than to go elsewhere.
    private static let readInPlaceBytes = 16 << 10

    /// Reads a mail, its raw source and its files ready to be kept.
    func read(
        _ raw: [UInt8], envelopeFrom: String?, recipient: String, isFromServer: Bool
    ) async throws -> IncomingMail {
        let source = try await blobs.prepare(raw)
        var parsed = parse(
            raw, hash: source.hash, envelopeFrom: envelopeFrom, authservIDs: isFromServer ? authservIDs : [])
        await unpackWinmail(&parsed)
        var files: [NewFile] = []
        for attachment in parsed.attachments {
            files.append(
                NewFile(
                    filename: attachment.filename, contentType: attachment.contentType,
                    isInline: attachment.isInline, contentID: attachment.contentID,
                    blob: try await blobs.prepare(attachment.bytes)))
        }
        parsed.attachments = []
        if parsed.quarantine != nil { files.append(NewFile(source: source)) }
        return IncomingMail(
            parsed, raw: source, recipient: recipient, envelopeFrom: envelopeFrom, files: files,
            traceParent: TraceContext.header)
    }

    /// A mail whose reading ended the process is quarantined unread.
    private func parse(
        _ raw: [UInt8], hash: String, envelopeFrom: String?, authservIDs: Set<String>
    ) -> ParsedMail {
        func read() -> ParsedMail {
            MailParser.parse(raw, envelopeFrom: envelopeFrom, authservIDs: authservIDs)
        }
        guard let marks else { return read() }
        if let parsed = marks.reading(hash, read) { return parsed }
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
