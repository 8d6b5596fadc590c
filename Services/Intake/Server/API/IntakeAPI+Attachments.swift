import Mail
import Model
import ServiceKit
import Store
import Wire

/// What files may cost.
enum AttachmentLimits {
    /// The largest upload: a file, or a mail.
    static let uploadBytes: Int64 = 50 * 1024 * 1024
    /// What one response of a download holds.
    static let chunkBytes = 64 * 1024
    /// How many uploads and files that no message has taken one party may have at once; they are collected after a day.
    static let unused = 200
    /// A requester's share of that.
    static let unusedOfRequester = 50
}

extension IntakeAPI {
    func beginUpload(_ request: BeginUploadRequest, _ context: CallContext) async throws -> Upload {
        let owner = context.caller.identity
        let limit =
            context.caller.role == .requester ? AttachmentLimits.unusedOfRequester : AttachmentLimits.unused
        guard try await store.read({ try $0.unusedFiles(of: owner) }) < limit else {
            throw RPCError(
                .resourceExhausted, "\(limit) files wait already to be used in a message",
                detail: ErrorDetail(code: "rate_limited"))
        }
        let token = try await blobs.beginUpload()
        return try await store.perform(context, request) { transaction in
            try transaction.insertUpload(token: token, owner: owner)
            return Upload(token: token)
        }
    }

    /// A chunk that is there already is accepted again, so that a lost answer costs nothing.
    func appendUpload(_ request: AppendUploadRequest, _ context: CallContext) async throws -> Upload {
        guard try await upload(request.token, of: context.caller).blob == nil else {
            throw InvalidRequest("token", "names an upload that has ended")
        }
        guard request.offset >= 0 else { throw InvalidRequest("offset", "must not be negative") }
        do {
            let size = try await blobs.append(
                to: request.token, request.data, at: request.offset, limit: AttachmentLimits.uploadBytes)
            return Upload(token: request.token, sizeBytes: size)
        } catch StoreError.wrongOffset(let expected) {
            guard request.offset <= expected - Int64(request.data.count) else {
                throw InvalidRequest("offset", "must be \(expected), the upload's size so far")
            }
            return Upload(token: request.token, sizeBytes: expected)
        } catch StoreError.tooLarge(let limit) {
            throw InvalidRequest("data", "makes the upload larger than \(limit) bytes")
        }
    }

    func finishAttachment(_ request: FinishAttachmentRequest, _ context: CallContext) async throws -> Attachment {
        let owner = context.caller.identity
        if let known = try await finished(request, context) { return known }
        let contentType = try request.normalizedContentType()
        let filename = Filename.cleaned(request.filename, contentType: contentType)
        let blob = try await finishedBlob(request.token, context.caller)
        return try await store.perform(context, request) { transaction in
            let file = NewFile(
                filename: filename, contentType: contentType, isInline: false, contentID: "", blob: blob)
            return try transaction.insertAttachment(file, owner: owner, token: request.token)
        }
    }

    func getAttachment(_ request: GetAttachmentRequest, _ context: CallContext) async throws -> Attachment {
        try await store.read { try $0.attachment(request.id, for: context.caller).attachment }
    }

    func downloadAttachment(
        _ request: GetAttachmentRequest, _ context: CallContext, _ responses: ResponseStream<Chunk>
    ) async throws {
        let known = try await store.read { try $0.attachment(request.id, for: context.caller) }
        try await send(known.blobHash, to: responses)
    }

    func downloadSource(
        _ request: GetMessageRequest, _ context: CallContext, _ responses: ResponseStream<Chunk>
    ) async throws {
        let hash = try await store.read { reader in
            let message = try reader.message(request, for: context.caller)
            guard let source = try reader.messageSource(message.id) else { throw RPCError.notFound("source") }
            return source.hash
        }
        try await send(hash, to: responses)
    }

    /// What the caller's own upload came to; it ends with this. Another's is as if it were not there.
    func finishedBlob(_ token: String, _ caller: Caller) async throws -> Blob {
        let known = try await upload(token, of: caller)
        if let blob = known.blob { return blob }
        let blob = try await blobs.finishUpload(token)
        try await store.write("end upload") { try $0.endUpload(token: token, blob) }
        return blob
    }

    private func upload(_ token: String, of caller: Caller) async throws -> StoredUpload {
        let known = try await store.read { try $0.upload(token) }
        guard let known, known.owner == caller.identity else { throw RPCError.notFound("upload") }
        return known
    }

    /// The attachment that an upload already became: a repeated call returns it.
    private func finished(_ request: FinishAttachmentRequest, _ context: CallContext) async throws -> Attachment? {
        let owner = context.caller.identity
        return try await store.read { try $0.unboundAttachment(token: request.token, owner: owner) }
    }

    func send(_ hash: String, to responses: ResponseStream<Chunk>) async throws {
        var offset: Int64 = 0
        while true {
            let bytes = try await blobs.read(hash, offset: offset, length: AttachmentLimits.chunkBytes)
            if bytes.isEmpty { return }
            try await responses.send(Chunk(data: bytes))
            offset += Int64(bytes.count)
        }
    }
}

extension FinishAttachmentRequest {
    /// `type/subtype` in lower case, without parameters; unknown is `application/octet-stream`.
    fileprivate func normalizedContentType() throws -> String {
        let bare = contentType.prefix { $0 != ";" }.lowercased().trimmed
        if bare.isEmpty { return "application/octet-stream" }
        let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
        let isToken =
            parts.count == 2 && bare.utf8.count <= 127
            && parts.allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 && !#"()<>@,;:\"[]?="#.utf8.contains($0) }
            }
        guard isToken else { throw InvalidRequest("content_type", "is not a media type") }
        return bare
    }
}

extension Reader {
    /// The attachment, if the caller may know of it: an unbound one is its uploader's, a bound one belongs to its message's readers.
    func attachment(_ id: Int64, for caller: Caller) throws -> StoredAttachment {
        guard let known = try attachment(id) else { throw RPCError.notFound("attachment \(id)") }
        guard let ticketID = known.ticketID else {
            guard known.owner == caller.identity else { throw RPCError.notFound("attachment \(id)") }
            return known
        }
        guard !known.isInternal || caller.seesInternalMessages, let ticket = try ticket(ticketID), caller.maySee(ticket)
        else { throw RPCError.notFound("attachment \(id)") }
        return known
    }
}
