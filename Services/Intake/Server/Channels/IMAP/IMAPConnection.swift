import CCurl
import Dispatch
import Glibc
import Synchronization

/// A connection that libcurl made: TCP, TLS (verified, from the first byte or by STARTTLS) and signing in are its work, after which the
/// conversation is ours. For that libcurl has no words: its FETCH marks mail as seen, and it knows no IDLE.
///
/// All work on it happens on a queue of its own, whose thread may block; `wake` and `isStopped` are all that others touch.
final class IMAPConnection: @unchecked Sendable {
    private let curl: UnsafeMutableRawPointer
    private let queue = DispatchQueue(label: "firstline.imap")
    /// A pair of sockets: what is written to one end ends a wait at the other, for the connection is to be given up.
    private let wake: (waiting: Int32, ringing: Int32)
    private let isStopped = Atomic(false)
    private var socket: curl_socket_t = -1
    /// Where libcurl writes what went wrong.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private static let bufferBytes = 64 * 1024
    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() throws(IMAPFault) {
        guard Self.isCurlReady, let curl = curl_easy_init() else {
            throw IMAPFault(.unreachable, "libcurl gives no handle")
        }
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            curl_easy_cleanup(curl)
            throw IMAPFault(.unreachable, "there are too many open files")
        }
        self.curl = curl
        wake = (ends[0], ends[1])
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(curl)
        errorText.deallocate()
        close(wake.waiting)
        close(wake.ringing)
    }

    /// Connects and signs in.
    func open(_ account: IMAPAccount) async throws {
        try await perform { try self.signIn(account) }
    }

    func send(_ text: String) async throws {
        try await perform { try self.sendAll(Array(text.utf8)) }
    }

    /// What has come; empty when nothing did for that long.
    func receive(within patience: Duration) async throws -> [UInt8] {
        try await perform { try self.receiveNow(within: patience) }
    }

    /// Runs blocking work on the connection's thread; a cancelled task's ends at once.
    private func perform<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withTaskCancellationHandler {
            let result: Swift.Result<Result, any Error> = await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: Swift.Result { try work() }) }
            }
            try Task.checkCancellation()
            return try result.get()
        } onCancel: {
            isStopped.store(true, ordering: .relaxed)
            var byte: UInt8 = 1
            Glibc.send(wake.ringing, &byte, 1, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
    }

    private func signIn(_ account: IMAPAccount) throws(IMAPFault) {
        let scheme = account.isImplicitTLS ? "imaps" : "imap"
        let options: [(CURLoption, String)] =
            [
                (CURLOPT_URL, "\(scheme)://\(account.host):\(account.port)"), (CURLOPT_PROTOCOLS_STR, "imap,imaps"),
                (CURLOPT_USERNAME, account.user),
            ]
            + (account.isToken
                ? [(CURLOPT_XOAUTH2_BEARER, account.secret), (CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2")]
                : [(CURLOPT_PASSWORD, account.secret)])
            + (account.authorityFile.map { [(CURLOPT_CAINFO, $0)] } ?? [])
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_CONNECT_ONLY, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_TCP_KEEPALIVE, 1),
            (CURLOPT_CONNECTTIMEOUT, IMAPLimits.connectSeconds), (CURLOPT_TIMEOUT, IMAPLimits.signInSeconds),
            (CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
        var codes = options.map { firstline_curl_set_string(curl, $0, $1) }
        codes += numbers.map { firstline_curl_set_long(curl, $0, $1) }
        let isStopping: @convention(c) (UnsafeMutableRawPointer?, Int, Int, Int, Int) -> Int32 = {
            context, _, _, _, _ in
            guard let context else { return 0 }
            let connection = Unmanaged<IMAPConnection>.fromOpaque(context).takeUnretainedValue()
            return connection.isStopped.load(ordering: .relaxed) ? 1 : 0
        }
        codes.append(firstline_curl_set_string(curl, CURLOPT_ERRORBUFFER, errorText))
        codes.append(firstline_curl_set_stop(curl, isStopping, Unmanaged.passUnretained(self).toOpaque()))
        guard codes.allSatisfy({ $0 == CURLE_OK }) else {
            throw IMAPFault(.unreachable, "libcurl here is too old, or lacks IMAP with TLS")
        }
        let code = curl_easy_perform(curl)
        guard code == CURLE_OK else { throw fault(code) }
        socket = firstline_curl_socket(curl)
        guard socket >= 0 else { throw IMAPFault(.disconnected, "the connection ended at once") }
    }

    private func sendAll(_ bytes: [UInt8]) throws(IMAPFault) {
        var sent = 0
        while sent < bytes.count {
            var count = 0
            let code = bytes.withUnsafeBytes {
                curl_easy_send(curl, $0.baseAddress! + sent, bytes.count - sent, &count)
            }
            if code == CURLE_AGAIN {
                guard try wait(for: Int16(POLLOUT), within: IMAPLimits.responsePatience) else {
                    throw IMAPFault(.timedOut, "the server takes no more commands")
                }
            } else if code != CURLE_OK {
                throw fault(code)
            }
            sent += count
        }
    }

    private func receiveNow(within patience: Duration) throws(IMAPFault) -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        while true {
            var count = 0
            var code = CURLE_OK
            // Read before waiting: what TLS has decrypted already does not make the socket readable.
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.bufferBytes) { buffer, filled in
                code = curl_easy_recv(curl, buffer.baseAddress, buffer.count, &count)
                filled = code == CURLE_OK ? count : 0
            }
            switch code {
            case CURLE_OK where count > 0: return bytes
            case CURLE_OK: throw IMAPFault(.disconnected, "the server ended the connection")
            case CURLE_AGAIN: break
            default: throw fault(code)
            }
            let left = deadline - .now
            guard left > .zero, try wait(for: Int16(POLLIN), within: left) else { return [] }
        }
    }

    /// Whether the socket became ready; false when the time is over.
    private func wait(for events: Int16, within patience: Duration) throws(IMAPFault) -> Bool {
        var descriptors = [
            pollfd(fd: socket, events: events, revents: 0), pollfd(fd: wake.waiting, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = patience / .milliseconds(1)
        let ready = poll(&descriptors, 2, Int32(min(milliseconds.rounded(.up), Double(Int32.max))))
        if descriptors[1].revents != 0 { throw IMAPFault(.disconnected, "the connection was given up") }
        guard ready >= 0 || errno == EINTR else {
            throw IMAPFault(.disconnected, "the connection cannot be waited for")
        }
        // A signal in between is no silence: the reader looks again.
        return ready != 0
    }

    /// What libcurl failed at.
    private func fault(_ code: CURLcode) -> IMAPFault {
        let kind: IMAPFault.Code =
            switch code {
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED,
                CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
                .tls
            case CURLE_LOGIN_DENIED: .signInRefused
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: .disconnected
            default: .unreachable
            }
        let detail = String(cString: errorText)
        return IMAPFault(kind, detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)
    }
}
