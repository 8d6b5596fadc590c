public import Logging
public import NIOCore

/// TLS for a port of ours that programs of others use, as a mail server does after STARTTLS: our certificate, and none of theirs.
public struct OpenTLS: Sendable {
    private let contexts: TLSContextSource
    private let logger: Logger

    /// The files are PEM, and may change while they are in use.
    ///
    /// - Throws: `TLSError` when they cannot be used.
    public init(certificatePath: String, keyPath: String, logger: Logger) throws {
        let configuration = TLSConfiguration(certificatePath: certificatePath, keyPath: keyPath, caPath: "")
        contexts = try TLSContextSource(configuration, side: .openServer, logger: logger)
        self.logger = logger
    }

    /// For the front of a connection's pipeline: shakes hands as soon as it is added.
    public func makeHandler() throws -> any ChannelDuplexHandler {
        TLSChannelHandler(try contexts.current().makeSession(expecting: nil), logger: logger)
    }
}
