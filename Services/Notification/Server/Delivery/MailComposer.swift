import CGMime
import Model

/// Puts an outgoing mail into MIME, by GMime.
enum MailComposer {
    /// GMime wants to be initialised once in a process.
    private static let isInitialised: Bool = {
        g_mime_init()
        return true
    }()

    /// The mail as RFC 5322 bytes with CRLF line ends.
    static func compose(_ mail: OutgoingMail) -> [UInt8] {
        precondition(isInitialised)
        let message = g_mime_message_new(1)!
        defer { g_object_unref(UnsafeMutableRawPointer(message)) }
        g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, oneLine(mail.fromName), oneLine(mail.fromAddress))
        g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, oneLine(mail.toName), oneLine(mail.toAddress))
        g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, oneLine(mail.fromName), oneLine(mail.replyTo))
        g_mime_message_set_subject(message, oneLine(mail.subject), "utf-8")
        set(message, "Message-Id", mail.messageID)
        set(message, "In-Reply-To", identifiers: [mail.inReplyTo])
        set(message, "References", identifiers: mail.references)
        set(message, "Auto-Submitted", mail.origin.rawValue)
        set(message, OwnMail.traceHeader, mail.traceParent)
        if mail.origin != .person {
            set(message, "X-Auto-Response-Suppress", "All")
            set(message, OwnMail.header, String(mail.ticketID))
        }
        let date = g_date_time_new_from_unix_utc(Int(mail.dateMilliseconds / 1_000))
        g_mime_message_set_date(message, date)
        g_date_time_unref(date)

        let body = content(of: mail)
        g_mime_message_set_mime_part(message, body)
        g_object_unref(UnsafeMutableRawPointer(body))
        return bytes(of: object(message))
    }

    /// The body's parts: text, its HTML alternative with the images that it shows (RFC 2387), attachments.
    private static func content(of mail: OutgoingMail) -> UnsafeMutablePointer<GMimeObject> {
        let isShown = { (part: OutgoingMail.Part) in
            !part.contentID.isEmpty && mail.html.contains("cid:\(part.contentID)")
        }
        var body = text(mail.text, subtype: "plain")
        if !mail.html.isEmpty {
            let html = text(mail.html, subtype: "html")
            let images = mail.attachments.filter(isShown).map { attachment($0, isInline: true) }
            body = multipart("alternative", [body, images.isEmpty ? html : multipart("related", [html] + images)])
        }
        let files = mail.html.isEmpty ? mail.attachments : mail.attachments.filter { !isShown($0) }
        guard !files.isEmpty else { return body }
        return multipart("mixed", [body] + files.map { attachment($0, isInline: false) })
    }

    private static func text(_ text: String, subtype: String) -> UnsafeMutablePointer<GMimeObject> {
        let part = g_mime_text_part_new_with_subtype(subtype)!
        g_mime_text_part_set_charset(part, "utf-8")
        g_mime_text_part_set_text(part, text)
        part.withMemoryRebound(to: GMimePart.self, capacity: 1) {
            g_mime_part_set_content_encoding($0, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        }
        return object(part)
    }

    private static func multipart(
        _ subtype: String, _ parts: [UnsafeMutablePointer<GMimeObject>]
    ) -> UnsafeMutablePointer<GMimeObject> {
        let multipart = g_mime_multipart_new_with_subtype(subtype)!
        for part in parts {
            g_mime_multipart_add(multipart, part)
            g_object_unref(UnsafeMutableRawPointer(part))
        }
        return object(multipart)
    }

    private static func attachment(
        _ attachment: OutgoingMail.Part, isInline: Bool
    ) -> UnsafeMutablePointer<GMimeObject> {
        let type = attachment.contentType.split(separator: "/", maxSplits: 1).map(String.init)
        // A message or a multipart may not be in base64 (RFC 2046, sections 5.1 and 5.2.1), and anything else would not reach it as it was.
        let isPlainFile =
            type.count == 2 && !["message", "multipart"].contains(type[0].lowercased())
            && type.allSatisfy { HeaderIdentifier.isWritable($0) }
        let part =
            isPlainFile
            ? g_mime_part_new_with_type(type[0], type[1])!
            : g_mime_part_new_with_type("application", "octet-stream")!
        g_mime_part_set_filename(part, oneLine(attachment.filename))
        g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64)
        let stream = g_mime_stream_mem_new()
        attachment.bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            _ = g_mime_stream_write(stream, start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        _ = g_mime_stream_reset(stream)
        let content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT)
        g_object_unref(UnsafeMutableRawPointer(stream!))
        g_mime_part_set_content(part, content)
        g_object_unref(UnsafeMutableRawPointer(content!))
        let result = object(part)
        g_mime_object_set_disposition(result, isInline ? "inline" : "attachment")
        if !attachment.contentID.isEmpty { g_mime_object_set_content_id(result, oneLine(attachment.contentID)) }
        return result
    }

    private static func set(_ message: UnsafeMutablePointer<GMimeMessage>, _ name: String, _ value: String) {
        guard !value.isEmpty else { return }
        g_mime_object_set_header(object(message), name, oneLine(value), "utf-8")
    }

    /// Identifiers of mails as they came, each on a line of its own: GMime would leave out what follows one that is not as RFC 5322 wants it.
    private static func set(
        _ message: UnsafeMutablePointer<GMimeMessage>, _ name: String, identifiers: [String]
    ) {
        let identifiers = identifiers.filter { !$0.isEmpty }.map(oneLine)
        guard let first = identifiers.first else { return }
        set(message, name, first)
        let header = g_mime_header_list_get_header(g_mime_object_get_header_list(object(message)), name)
        g_mime_header_set_raw_value(header, " \(identifiers.joined(separator: "\n\t"))\n")
    }

    private static func bytes(of object: UnsafeMutablePointer<GMimeObject>) -> [UInt8] {
        let format = g_mime_format_options_new()
        defer { g_mime_format_options_free(format) }
        g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS)
        let stream = g_mime_stream_mem_new()!
        defer { g_object_unref(UnsafeMutableRawPointer(stream)) }
        g_mime_object_write_to_stream(object, format, stream)
        return stream.withMemoryRebound(to: GMimeStreamMem.self, capacity: 1) { memory in
            guard let array = g_mime_stream_mem_get_byte_array(memory) else { return [] }
            return Array(UnsafeBufferPointer(start: array.pointee.data, count: Int(array.pointee.len)))
        }
    }

    /// A GMime object seen as its base class.
    private static func object<Object>(_ pointer: UnsafeMutablePointer<Object>) -> UnsafeMutablePointer<GMimeObject> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GMimeObject.self)
    }

    /// No line ends or other controls: nothing of a name or subject becomes a header of its own.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}
