import Mail
import Model
import ServiceKit
import Store

/// Takes mail in: keeps the raw source and the files, then files the mail in one transaction. It is accepted when that has returned.
struct MailAcceptance: Sendable {
    let store: Store
    let blobs: any BlobStore

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
        var parsed = MailParser.parse(raw, envelopeFrom: envelopeFrom)
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
}
