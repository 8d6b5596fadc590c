import HTTPTypes
import Model
import Wire

extension Desk {
    /// An upload goes to Intake in pieces of this size, in bytes.
    static let pieceBytes = 256 * 1_024
    /// A mail up to this size goes in one call, in bytes.
    static let wholeMailBytes = 512 * 1_024
    /// How long a download may take.
    static let downloadTimeout: Duration = .seconds(600)

    static func slow(_ options: CallOptions) -> CallOptions {
        var options = options
        options.timeout = downloadTimeout
        return options
    }

    func uploadAttachment(_ call: APICall) async throws -> Answer {
        let token = try await upload(call)
        let attachment = try await peers.intake.finishAttachment(
            FinishAttachmentRequest(
                token: token, filename: call.text("filename"),
                contentType: call.http.headers[.contentType] ?? "application/octet-stream"),
            call.options(step: "finish"))
        return .json(.attachment(attachment), .created).with(.location, "/api/v1/attachments/\(attachment.id)")
    }

    /// Sends the body in pieces; answers the upload's token.
    private func upload(_ call: APICall) async throws -> String {
        let body = call.http.body
        var upload = try await peers.intake.beginUpload(BeginUploadRequest(), call.options(step: "begin"))
        // A repeated upload under the same key goes on where the first one stopped.
        var offset = Int(upload.sizeBytes)
        while offset < body.count {
            let piece = Array(body[offset..<min(offset + Self.pieceBytes, body.count)])
            upload = try await peers.intake.appendUpload(
                AppendUploadRequest(token: upload.token, offset: Int64(offset), data: piece), call.readOptions)
            offset += piece.count
        }
        return upload.token
    }

    func downloadAttachment(_ call: APICall) async throws -> Answer {
        let request = GetAttachmentRequest(id: try call.id())
        let attachment = try await peers.intake.getAttachment(request, call.options)
        let (intake, options) = (peers.intake, Self.slow(call.options))
        return Answer(
            status: .ok,
            headers: Self.downloadHeaders(type: attachment.contentType, filename: attachment.filename),
            body: .stream(length: Int(attachment.sizeBytes)) { writer in
                try await intake.downloadAttachment(request, options) { try await writer.write($0.data) }
            })
    }

    /// Saved, never shown: not by sniffing, not as a page of this host.
    static func downloadHeaders(type: String, filename: String) -> HTTPFields {
        let isPlain = !type.isEmpty && type.utf8.allSatisfy { (0x20...0x7E).contains($0) } && type.contains("/")
        return [
            .contentType: isPlain ? type : "application/octet-stream",
            .contentDisposition: ContentDisposition.attachment(filename),
            .securityPolicy: "sandbox; default-src 'none'",
            .resourcePolicy: "same-origin",
        ]
    }

    func acceptMail(_ call: APICall) async throws -> Answer {
        var request = AcceptMailRequest(envelopeFrom: call.text("envelope_from"), recipient: call.text("recipient"))
        if call.http.body.count <= Self.wholeMailBytes {
            request.raw = call.http.body
        } else {
            request.uploadToken = try await upload(call)
        }
        let accepted = try await peers.intake.acceptMail(request, call.options)
        return .json([
            "ticket_id": .id(accepted.ticketID), "message_id": .id(accepted.messageID),
            "repeated": .bool(accepted.repeated), "quarantined": .bool(accepted.quarantined),
            "suspended_mail_id": .id(accepted.suspendedMailID),
        ])
    }
}
