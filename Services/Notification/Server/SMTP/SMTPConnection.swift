import CCurl
import Synchronization

/// One connection to a mail server, by a handle of libcurl that keeps it open from mail to mail.
///
/// `@unchecked Sendable`: whoever took it from the pool has it alone, until it is given back.
final class SMTPConnection: @unchecked Sendable {
    static let connectSeconds = 15
    /// A connection that was idle for longer is not used again: servers close those.
    static let longestIdleSeconds = 20

    /// What came of one mail.
    enum Outcome: Sendable {
        case taken
        /// The server did not take this mail.
        case refused(SMTPReply)
        /// The server itself cannot be used now: unreachable, no TLS, no authentication, closing.
        case unusable(String)
    }

    let relay: MailRelay
    private let curl: UnsafeMutableRawPointer
    private var replyLine: [UInt8] = []
    private var mail: [UInt8] = []
    private var sent = 0
    private var watch: TransferWatch
    private var hasStalled = false
    private var isCancelled: @Sendable () -> Bool = { false }

    /// Nil when libcurl gives no handle.
    init?(_ relay: MailRelay, _ options: SMTPOptions, watch: TransferWatch = TransferWatch()) {
        guard let curl = curl_easy_init() else { return nil }
        self.relay = relay
        self.curl = curl
        self.watch = watch
        configure(options)
    }

    deinit {
        curl_easy_cleanup(curl)
    }

    /// Blocks until the server has answered.
    /// - Parameter isCancelled: asked about once a second; the transfer ends when it says so.
    func send(
        _ mail: [UInt8], from sender: String, to recipient: String, isCancelled: @escaping @Sendable () -> Bool
    ) -> Outcome {
        (self.mail, sent, replyLine, self.isCancelled) = (mail, 0, [], isCancelled)
        (watch, hasStalled) = (watch.anew, false)
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer {
            curl_slist_free_all(recipients)
            self.mail = []
        }
        _ = firstline_curl_set_string(curl, CURLOPT_MAIL_FROM, "<\(sender)>")
        _ = firstline_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
        let code = curl_easy_perform(curl)
        return code == CURLE_OK ? .taken : outcome(of: code)
    }

    /// Whether a failure is about this mail or about the server, by where libcurl was when it failed: its replies to MAIL, RCPT and DATA end in
    /// `CURLE_SEND_ERROR`, the one to the data in `CURLE_WEIRD_SERVER_REPLY`, as a bad greeting does, before which nothing was sent.
    private func outcome(of code: CURLcode) -> Outcome {
        let reply = SMTPReply(line: replyLine)
        let said = reply.text.isEmpty ? "" : " (server said: \(reply.text))"
        let isAboutMail = code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && sent > 0)
        // 421: it closes. 530, 534, 535, 538: it wants TLS or another password (RFC 4954, section 6), which no mail can help.
        guard isAboutMail, reply.code >= 400, ![421, 530, 534, 535, 538].contains(reply.code) else {
            let fault = hasStalled ? "it took nothing more" : String(cString: curl_easy_strerror(code))
            return .unusable(fault + said)
        }
        return .refused(reply)
    }

    private func configure(_ options: SMTPOptions) {
        _ = firstline_curl_set_string(curl, CURLOPT_URL, relay.url)
        let longs: [(CURLoption, Int)] = [
            (CURLOPT_UPLOAD, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_CONNECTTIMEOUT, Self.connectSeconds),
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(watch.answer.components.seconds)),
            (CURLOPT_MAXAGE_CONN, Self.longestIdleSeconds), (CURLOPT_MAXCONNECTS, 1), (CURLOPT_TCP_NODELAY, 1),
        ]
        for (option, value) in longs { _ = firstline_curl_set_long(curl, option, value) }
        let mustBeSecure = options.security == .required || !options.user.isEmpty
        _ = firstline_curl_set_long(
            curl, CURLOPT_USE_SSL, Int(mustBeSecure ? CURLUSESSL_ALL.rawValue : CURLUSESSL_TRY.rawValue))
        if !options.caPath.isEmpty { _ = firstline_curl_set_string(curl, CURLOPT_CAINFO, options.caPath) }
        if !options.user.isEmpty {
            _ = firstline_curl_set_string(curl, CURLOPT_USERNAME, options.user)
            _ = firstline_curl_set_string(curl, CURLOPT_PASSWORD, options.password)
        }
        let this = Unmanaged.passUnretained(self).toOpaque()
        _ = firstline_curl_set_reader(curl, Self.reader, this)
        _ = firstline_curl_set_header_taker(curl, Self.headerTaker, this)
        _ = firstline_curl_set_watcher(
            curl, { this, _, _, _, uploaded in SMTPConnection.at(this).isToEnd(uploaded: Int(uploaded)) ? 1 : 0 }, this)
    }

    private static let reader:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            buffer, size, count, this in
            guard let buffer else { return 0 }
            return at(this).read(into: buffer, atMost: size * count)
        }

    private static let headerTaker:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            line, size, count, this in
            guard let line else { return 0 }
            at(this).take(UnsafeRawBufferPointer(start: line, count: size * count).prefix(1_000).map(\.self))
            return size * count
        }

    private static func at(_ this: UnsafeMutableRawPointer?) -> SMTPConnection {
        Unmanaged<SMTPConnection>.fromOpaque(this!).takeUnretainedValue()
    }

    /// - Parameter uploaded: bytes that the system took from libcurl.
    private func isToEnd(uploaded: Int) -> Bool {
        if isCancelled() { return true }
        hasStalled = watch.isStalled(handedOver: sent, of: mail.count, uploaded: uploaded, at: .now)
        return hasStalled
    }

    /// After a refusal libcurl says goodbye; what is answered to that (221) is not what was refused.
    private func take(_ line: [UInt8]) {
        guard !line.starts(with: "221".utf8) else { return }
        replyLine = line
    }

    private func read(into buffer: UnsafeMutablePointer<CChar>, atMost count: Int) -> Int {
        let length = min(count, mail.count - sent)
        mail.withUnsafeBytes { bytes in
            guard length > 0, let start = bytes.baseAddress else { return }
            UnsafeMutableRawPointer(buffer).copyMemory(from: start + sent, byteCount: length)
        }
        sent += length
        return length
    }
}
