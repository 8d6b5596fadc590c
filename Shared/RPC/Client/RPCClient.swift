public import Logging
public import Model
public import NIOCore
public import Wire
import NIOPosix

/// Calls one server over one connection, with many calls in flight. The first call opens it; a lost one is opened again by the next
/// call, with back-off: until then calls fail with UNAVAILABLE at once.
///
/// A call that no handler has seen is sent again; so is one whose connection was lost, or that was answered UNAVAILABLE, when its method
/// changes nothing or it carries an idempotency key. Up to `RPCLimits.maxAttempts` times in all, within the deadline. Of a stream this
/// holds until its first message.
public final class RPCClient: CallChannel {
    private let transport: ClientTransport
    private let limits: RPCLimits
    private let changesNothing: @Sendable (String) -> Bool

    /// - Parameters:
    ///   - tls: nil for plain TCP, which is for loopback only.
    ///   - eventLoopGroup: nil for the process's own.
    ///   - changesNothing: whether a method may be called again though a handler may have seen the call.
    /// - Throws: `TLSError` for certificates that cannot be used.
    public init(
        _ address: ServerAddress, tls: TLSConfiguration? = nil, limits: RPCLimits = RPCLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger,
        changesNothing: @escaping @Sendable (String) -> Bool = { AccessPolicy.changesNothing($0) }
    ) throws {
        self.limits = limits
        self.changesNothing = changesNothing
        transport = ClientTransport(
            address: address, limits: limits,
            tls: try tls.map { try TLSContextSource($0, side: .client, logger: logger) },
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
        var retry: CallRetry?
        while true {
            let call = UnaryCall<Response>(payload: payload, headLength: headLength, deadline: deadline)
            let outcome = await withTaskCancellationHandler {
                await call.outcome { transport.post(.start(call)) }
            } onCancel: {
                transport.post(.cancel(call))
            }
            switch outcome {
            case .success(let response): return response
            case .failure(let failure): try await waitToRetry(&retry, failure, method, options, deadline)
            }
        }
    }

    public func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        let deadline = deadline(of: options)
        let (payload, headLength) = try encode(method, request, options)
        var retry: CallRetry?
        while true {
            let call = StreamingCall<Response>(payload: payload, headLength: headLength, deadline: deadline)
            let (failure, hasBegun) = try await follow(call, receive)
            guard let failure else { return }
            if hasBegun { throw failure.error }
            try await waitToRetry(&retry, failure, method, options, deadline)
        }
    }

    /// Reads a stream to its end, or to its failure. Throws what `receive` throws.
    private func follow<Response: WireMessage>(
        _ call: StreamingCall<Response>, _ receive: @Sendable (Response) async throws -> Void
    ) async throws -> (failure: CallFailure?, hasBegun: Bool) {
        var credit = ConsumedCredit(window: limits.streamCreditBytes)
        var hasBegun = false
        // A stream that was read to its end is over already; cancelling it again does nothing.
        defer { transport.post(.cancel(call)) }
        transport.post(.start(call))
        while true {
            let next = await withTaskCancellationHandler {
                await call.next()
            } onCancel: {
                transport.post(.cancel(call))
            }
            switch next {
            case .failure(let failure): return (failure, hasBegun)
            case .success(nil): return (nil, hasBegun)
            case .success(.some(let (response, bytes))):
                hasBegun = true
                try await receive(response)
                if let grant = credit.consume(bytes) { transport.post(.grant(call, bytes: grant)) }
            }
        }
    }

    /// Returns when the call is to be sent again; throws its failure when it is not.
    private func waitToRetry(
        _ retry: inout CallRetry?, _ failure: CallFailure, _ method: String, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?
    ) async throws {
        if failure.reach == .final { throw failure.error }
        if retry == nil {
            let isKeyed = options.metadata[Metadata.idempotencyKey]?.isEmpty == false
            retry = CallRetry(isRepeatable: isKeyed || changesNothing(method), limits: limits)
        }
        guard let wait = retry?.wait(after: failure, jitter: .random(in: -1...1)) else { throw failure.error }
        if wait == .zero { return }
        // A call that could not end in time anyway fails with what is known.
        if let deadline, .now + wait >= deadline { throw failure.error }
        do { try await Task.sleep(for: wait) } catch { throw CallFailure.cancelled.error }
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
