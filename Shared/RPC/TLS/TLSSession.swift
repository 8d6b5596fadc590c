import COpenSSL
import NIOCore

/// The TLS of one connection over memory: bytes of the wire in and out, plain bytes in and out. It knows no socket.
final class TLSSession {
    /// How far a step came.
    enum Progress {
        case wantsMore
        case done
        /// The peer said that it sends no more.
        case closed
    }

    private let session: OpaquePointer
    /// Owned by `session`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let expected: ServerAddress?

    init(context: OpaquePointer, side: TLSContext.Side, expecting expected: ServerAddress?) throws {
        session = try TLSError.check(SSL_new(context), "make a TLS session")
        incoming = BIO_new(BIO_s_mem())
        outgoing = BIO_new(BIO_s_mem())
        firstline_BIO_set_would_block(incoming)
        firstline_BIO_set_would_block(outgoing)
        SSL_set_bio(session, incoming, outgoing)
        self.expected = expected
        switch side {
        case .server, .openServer: SSL_set_accept_state(session)
        case .client: SSL_set_connect_state(session)
        }
    }

    deinit {
        SSL_free(session)
    }

    /// Takes bytes from the wire.
    func receive(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { bytes in
            // A memory BIO takes everything.
            _ = BIO_write(incoming, bytes.baseAddress, Int32(bytes.count))
        }
    }

    /// Moves what is to go to the wire into `buffer`.
    func takeOutgoing(into buffer: inout ByteBuffer) {
        let pending = firstline_BIO_pending(outgoing)
        guard pending > 0 else { return }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { target in
            max(0, Int(BIO_read(outgoing, target.baseAddress, Int32(pending))))
        }
    }

    /// Goes on with the handshake. `done` once both sides have proved themselves; throws when one has not.
    func handshake() throws -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 {
            try verifyPeer()
            return .done
        }
        if SSL_get_error(session, result) == SSL_ERROR_WANT_READ { return .wantsMore }
        let verdict = SSL_get_verify_result(session)
        if verdict != Int(X509_V_OK) {
            _ = TLSError("")
            throw TLSError(
                "verify the peer's certificate", reason: String(cString: X509_verify_cert_error_string(verdict)))
        }
        throw TLSError("shake hands")
    }

    /// Moves decrypted bytes into `buffer`, as many as there are.
    func read(into buffer: inout ByteBuffer) throws -> Progress {
        while true {
            ERR_clear_error()
            var result: Int32 = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordBytes) { target in
                result = SSL_read(session, target.baseAddress, Int32(target.count))
                return max(0, Int(result))
            }
            if result > 0 { continue }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: return .wantsMore
            case SSL_ERROR_ZERO_RETURN: return .closed
            default: throw TLSError("read from the peer")
            }
        }
    }

    /// Encrypts `bytes`; `takeOutgoing` has the result.
    func write(_ bytes: ByteBuffer) throws {
        guard bytes.readableBytes > 0 else { return }
        try bytes.withUnsafeReadableBytes { bytes in
            var written = 0
            while written < bytes.count {
                ERR_clear_error()
                let count = min(bytes.count - written, Self.longestWriteBytes)
                let result = SSL_write(session, bytes.baseAddress! + written, Int32(count))
                try TLSError.check(result, "write to the peer")
                written += Int(result)
            }
        }
    }

    /// Says that we send no more.
    func shutDown() {
        ERR_clear_error()
        SSL_shutdown(session)
        ERR_clear_error()
    }

    /// NAME of the only URI SAN `spiffe://firstline/NAME` of the peer's certificate.
    var peerServiceName: String? {
        guard let certificate = SSL_get1_peer_certificate(session) else { return nil }
        defer { X509_free(certificate) }
        return certificateServiceName(certificate)
    }

    /// What both sides agreed to speak.
    var applicationProtocol: ApplicationProtocol {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &length)
        return ApplicationProtocol(alpn: UnsafeBufferPointer(start: name, count: Int(length))) ?? .firstline
    }

    private func verifyPeer() throws {
        guard let expected else { return }
        if let service = expected.service {
            guard peerServiceName == service else {
                throw TLSError("verify the peer's certificate", reason: "it is not the certificate of \(service)")
            }
            return
        }
        guard let certificate = SSL_get1_peer_certificate(session) else {
            throw TLSError("verify the peer's certificate", reason: "there is none")
        }
        defer { X509_free(certificate) }
        let matches =
            X509_check_ip_asc(certificate, expected.host, 0) == 1
            || X509_check_host(certificate, expected.host, expected.host.utf8.count, 0, nil) == 1
        guard matches else {
            throw TLSError("verify the peer's certificate", reason: "it does not name \(expected.host)")
        }
    }

    /// The plain bytes of one TLS record.
    private static let recordBytes = 16 * 1_024
    private static let longestWriteBytes = 1 << 30
}

/// NAME of the only URI SAN `spiffe://firstline/NAME`; nil when there is none, or when there is more than one URI.
func certificateServiceName(_ certificate: OpaquePointer) -> String? {
    guard let names = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return nil }
    let list = OpaquePointer(names)
    defer { GENERAL_NAMES_free(list) }
    var uris: [String] = []
    for index in 0..<firstline_GENERAL_NAME_count(list) {
        var length: Int32 = 0
        guard let bytes = firstline_GENERAL_NAME_uri(firstline_GENERAL_NAME_at(list, index), &length) else { continue }
        uris.append(String(decoding: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self))
    }
    guard uris.count == 1, uris[0].hasPrefix(serviceURIPrefix) else { return nil }
    let name = uris[0].dropFirst(serviceURIPrefix.count)
    return name.isEmpty || name.contains("/") ? nil : String(name)
}

/// The trust domain of Firstline's certificates (SPIFFE ID, section 2).
let serviceURIPrefix = "spiffe://firstline/"
