import CCurl
import Dispatch

/// Hands mail to a mail server, by libcurl (RFC 5321, RFC 6409).
struct SMTPTransport: MailTransport {
    static let connectSeconds = 15
    static let totalSeconds = 120
    /// Beyond this a server's answers are permanent refusals (RFC 5321, section 4.2.1).
    private static let permanentCodes = 500...599

    /// `smtp://host:port` or `smtps://host:port`.
    let url: String
    let user: String
    let password: String
    private let queue = DispatchQueue(label: "firstline.smtp", attributes: .concurrent)

    /// Throws where the URL is none of SMTP.
    init(url: String, user: String, password: String) throws {
        guard url.hasPrefix("smtp://") || url.hasPrefix("smtps://") else {
            throw TransportFailure(isPermanent: true, message: "\(url) is no smtp:// or smtps:// URL")
        }
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw TransportFailure(isPermanent: true, message: "libcurl cannot start")
        }
        self.url = url
        self.user = user
        self.password = password
    }

    func send(
        _ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String
    ) async throws(TransportFailure) {
        let failure: TransportFailure? = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: transfer(mail, from: envelopeFrom, to: recipient)) }
        }
        if let failure { throw failure }
    }

    /// Blocks until the server has answered; nil when it took the mail.
    private func transfer(_ mail: [UInt8], from sender: String, to recipient: String) -> TransportFailure? {
        guard let curl = curl_easy_init() else {
            return TransportFailure(isPermanent: false, message: "libcurl gives no handle")
        }
        defer { curl_easy_cleanup(curl) }
        var recipients: UnsafeMutablePointer<curl_slist>?
        recipients = curl_slist_append(recipients, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        var source = Source(bytes: mail)
        let code = withUnsafeMutablePointer(to: &source) { source in
            configure(curl, sender: sender, recipients: recipients, source: source)
            return curl_easy_perform(curl)
        }
        guard code != CURLE_OK else { return nil }
        let answer = firstline_curl_response_code(curl)
        return TransportFailure(
            isPermanent: Self.permanentCodes.contains(answer),
            message: "\(String(cString: curl_easy_strerror(code)))" + (answer == 0 ? "" : " (server said \(answer))"))
    }

    /// What libcurl reads the mail from.
    private struct Source {
        let bytes: [UInt8]
        var offset = 0
    }

    private func configure(
        _ curl: UnsafeMutableRawPointer, sender: String, recipients: UnsafeMutablePointer<curl_slist>?,
        source: UnsafeMutablePointer<Source>
    ) {
        _ = firstline_curl_set_string(curl, CURLOPT_URL, url)
        _ = firstline_curl_set_string(curl, CURLOPT_MAIL_FROM, "<\(sender)>")
        _ = firstline_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
        _ = firstline_curl_set_long(curl, CURLOPT_UPLOAD, 1)
        _ = firstline_curl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        _ = firstline_curl_set_long(curl, CURLOPT_CONNECTTIMEOUT, Self.connectSeconds)
        _ = firstline_curl_set_long(curl, CURLOPT_TIMEOUT, Self.totalSeconds)
        _ = firstline_curl_set_long(curl, CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
        if !user.isEmpty {
            _ = firstline_curl_set_long(curl, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
            _ = firstline_curl_set_string(curl, CURLOPT_USERNAME, user)
            _ = firstline_curl_set_string(curl, CURLOPT_PASSWORD, password)
        }
        let reader: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            buffer, size, count, context in
            guard let buffer, let source = context?.assumingMemoryBound(to: Source.self) else { return 0 }
            let length = min(size * count, source.pointee.bytes.count - source.pointee.offset)
            source.pointee.bytes.withUnsafeBytes { bytes in
                UnsafeMutableRawPointer(buffer).copyMemory(
                    from: bytes.baseAddress! + source.pointee.offset, byteCount: length)
            }
            source.pointee.offset += length
            return length
        }
        _ = firstline_curl_set_reader(curl, reader, source)
    }
}
