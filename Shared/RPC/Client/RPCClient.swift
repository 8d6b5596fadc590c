public import Logging
public import NIOCore
public import Wire
import NIOPosix

/// Calls one server over one connection, with many calls in flight. The first call opens it; a lost one is opened again by the next
/// call, with back-off: until then calls fail with UNAVAILABLE at once.
///
/// A unary call that no handler has seen is sent again, up to `RPCLimits.maxAttempts` times; one with an idempotency key is also sent once
/// more when its connection was lost. Both within the deadline.
public final class RPCClient: CallChannel {
    private let transport: ClientTransport
    private let limits: RPCLimits

    /// - Parameters:
    ///   - tls: nil for plain TCP, which is for loopback only.
    ///   - eventLoopGroup: nil for the process's own.
    /// - Throws: `TLSError` for certificates that cannot be used.
    public init(
        _ address: ServerAddress, tls: TLSConfiguration? = nil, limits: RPCLimits = RPCLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger
    ) throws {
        self.limits = limits
        transport = ClientTransport(
            address: address, limits: limits, tlsContext: try tls.map { try TLSContext($0, side: .client) },
            eventLoop: (eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton).next(), logger: logger)
    }

    deinit {
        transport.post(.close)
    }

    /// Ends the connection and every call; later calls fail with UNAVAILABLE.
    public func close() {
        transport.post(.close)
    }

    public func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions, returning: Response.Type
    ) async throws -> Response {
        let deadline = deadline(of: options)
        let (payload, headLength) = try encode(method, request, options)
        var attempts = 0
        var wasLost = false
        while true {
            attempts += 1
            let call = UnaryCall<Response>(payload: payload, headLength: headLength, deadline: deadline)
            let outcome = await withTaskCancellationHandler {
                await call.outcome { transport.post(.start(call)) }
            } onCancel: {
                transport.post(.cancel(call))
            }
            switch outcome {
            case .success(let response): return response
            case .failure(let failure):
                switch failure.reach {
                case .notProcessed where attempts < limits.maxAttempts: continue
                case .unknown where !wasLost && options.metadata[Metadata.idempotencyKey] != nil: wasLost = true
                case .notProcessed, .unknown, .final: throw failure.error
                }
            }
        }
    }

    public func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        let (payload, headLength) = try encode(method, request, options)
        let call = StreamingCall<Response>(payload: payload, headLength: headLength, deadline: deadline(of: options))
        var credit = ConsumedCredit(window: limits.streamCreditBytes)
        // A stream that was read to its end is over already; cancelling it again does nothing.
        defer { transport.post(.cancel(call)) }
        transport.post(.start(call))
        while let (response, bytes) = try await next(of: call) {
            try await receive(response)
            if let grant = credit.consume(bytes) { transport.post(.grant(call, bytes: grant)) }
        }
    }

    private func next<Response>(of call: StreamingCall<Response>) async throws -> StreamingCall<Response>.Element? {
        let result = await withTaskCancellationHandler {
            await call.next()
        } onCancel: {
            transport.post(.cancel(call))
        }
        switch result {
        case .success(let element): return element
        case .failure(let failure): throw failure.error
        }
    }

    private func deadline(of options: CallOptions) -> ContinuousClock.Instant? {
        options.timeout > Self.longestTimeout ? nil : .now + options.timeout
    }

    private func encode(_ method: String, _ request: some WireMessage, _ options: CallOptions) throws -> (
        ByteBuffer, Int
    ) {
        var payload = ByteBuffer()
        guard RequestHead.encodeTail(method: method, metadata: options.metadata, into: &payload) else {
            throw RPCError(.resourceExhausted, "the metadata is longer than \(limits.maxMetadataBytes) bytes")
        }
        let headLength = payload.readableBytes
        guard headLength + RequestHead.timeoutSize <= limits.maxMetadataBytes else {
            throw RPCError(.resourceExhausted, "the metadata is longer than \(limits.maxMetadataBytes) bytes")
        }
        do {
            try request.withEncoded { bytes in
                try RPCError.checkLength(bytes.count, limit: limits.maxMessageBytes)
                payload.writeBytes(bytes)
            }
        } catch let error as MessageError {
            throw RPCError(undecodable: error)
        }
        return (payload, headLength)
    }

    /// A timeout beyond what the wire can say is none.
    private static let longestTimeout: Duration = .milliseconds(Int64(UInt32.max))
}
