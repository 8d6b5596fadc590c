import COpenSSL

/// One side's certificate, key and trust, loaded once and shared by its connections. Mutual TLS 1.3, except on an open server, which anybody may
/// call. A client speaks "firstline/1", a server gRPC's "h2" too (ALPN).
///
/// `@unchecked`: OpenSSL counts the references of an SSL_CTX atomically, and it is not changed after `init`.
final class TLSContext: @unchecked Sendable {
    enum Side: Sendable {
        case client
        case server
        /// Shows its certificate to whoever comes, and asks for none; TLS 1.2 or later.
        case openServer
    }

    private let context: OpaquePointer
    private let side: Side

    /// What a client offers: the protocol's name, with its length before it.
    private static let offer =
        [UInt8(ApplicationProtocol.firstline.rawValue.utf8.count)]
        + Array(ApplicationProtocol.firstline.rawValue.utf8)

    init(_ configuration: TLSConfiguration, side: Side) throws {
        ERR_clear_error()
        context = try TLSError.check(SSL_CTX_new(TLS_method()), "make a TLS context")
        self.side = side
        if side == .openServer {
            try TLSError.check(firstline_SSL_CTX_set_tls12_or_later(context), "set TLS 1.2 or later")
        } else {
            try TLSError.check(firstline_SSL_CTX_set_tls13_only(context), "set TLS 1.3")
        }
        firstline_SSL_CTX_set_lean(context)
        try TLSError.check(
            SSL_CTX_use_certificate_chain_file(context, configuration.certificatePath),
            "load the certificate \(configuration.certificatePath)")
        try TLSError.check(
            SSL_CTX_use_PrivateKey_file(context, configuration.keyPath, SSL_FILETYPE_PEM),
            "load the key \(configuration.keyPath)")
        try TLSError.check(
            SSL_CTX_check_private_key(context), "match the key \(configuration.keyPath) with its certificate")
        if side == .openServer { return }
        try TLSError.check(
            SSL_CTX_load_verify_locations(context, configuration.caPath, nil),
            "load the authority \(configuration.caPath)")
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        switch side {
        case .server:
            // No resumption: a connection lasts long, and each one proves its certificate anew.
            try TLSError.check(SSL_CTX_set_num_tickets(context, 0), "turn off session tickets")
            SSL_CTX_set_client_hello_cb(context, requireApplicationProtocol, nil)
            SSL_CTX_set_alpn_select_cb(context, selectApplicationProtocol, nil)
        case .client:
            let refused = SSL_CTX_set_alpn_protos(context, Self.offer, UInt32(Self.offer.count))
            if refused != 0 { throw TLSError("set ALPN") }
        case .openServer: break
        }
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// Throws when our own certificate is not valid at this moment.
    func checkValidity(_ path: String) throws {
        guard let certificate = SSL_CTX_get0_certificate(context) else {
            throw TLSError("use the certificate \(path)", reason: "there is none")
        }
        // Each says -1 for an instant that has passed, 1 for one that is to come.
        if X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 {
            throw TLSError("use the certificate \(path)", reason: "it is not valid yet")
        }
        if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
            throw TLSError("use the certificate \(path)", reason: "it has expired")
        }
    }

    /// The TLS of one connection.
    /// - Parameter expecting: whom a client wants to reach; nil on a server, which takes every name that the authority signed.
    func makeSession(expecting address: ServerAddress?) throws -> TLSSession {
        try TLSSession(context: context, side: side, expecting: address)
    }
}

/// Refuses a client that offers no protocol at all, for which the selection is not asked: a client of something else must not be
/// brought here by mistake or by malice (RFC 9325, section 3.8).
private func requireApplicationProtocol(
    _ session: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    var offered: UnsafePointer<UInt8>?
    var length = 0
    let extensionType = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
    if SSL_client_hello_get0_ext(session, extensionType, &offered, &length) == 1 { return SSL_CLIENT_HELLO_SUCCESS }
    alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
    return SSL_CLIENT_HELLO_ERROR
}

/// Takes the first protocol that the client offers and we speak. A client that offers only others gets an alert.
private func selectApplicationProtocol(
    _ session: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    var index = 0
    while index < Int(offeredLength) {
        let length = Int(offered[index])
        let name = UnsafeBufferPointer(start: offered + index + 1, count: min(length, Int(offeredLength) - index - 1))
        if ApplicationProtocol(alpn: name) != nil {
            selected?.pointee = offered + index + 1
            selectedLength?.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        index += 1 + length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
