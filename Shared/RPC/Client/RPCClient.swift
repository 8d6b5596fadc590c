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
    private let service: String?
    private let limits: RPCLimits
    private let changesNothing: @Sendable (String) -> Bool

    /// - Parameters:
    ///   - tls: nil for plain TCP, which is for loopback only.
    ///   - eventLoopGroup: nil for the process's own.
    ///   - changesNothing: whether a method may be called again though a handler may have seen the call.
    /// - Throws: `TLSError` for certificates that cannot be used.
    public convenience init(
        _ address: ServerAddress, tls: TLSConfiguration? = nil, limits: RPCLimits = RPCLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger,
        changesNothing: @escaping @Sendable (String) -> Bool = { AccessPolicy.changesNothing($0) }
    ) throws {
        try self.init(
            [address], tls: tls, limits: limits, eventLoopGroup: eventLoopGroup, logger: logger,
            changesNothing: changesNothing)
    }

    /// A client of a server of several instances: it goes to the one that leads.
    /// - Parameter addresses: at least one; tried in turn until one serves, or names the leader.
    public init(
        _ addresses: [ServerAddress], tls: TLSConfiguration? = nil, limits: RPCLimits = RPCLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger,
        changesNothing: @escaping @Sendable (String) -> Bool = { AccessPolicy.changesNothing($0) }
    ) throws {
        service = addresses.first?.service
        self.limits = limits
        self.changesNothing = changesNothing
        transport = ClientTransport(
            addresses: addresses, limits: limits,
            tls: try tls.map { try TLSContextSource($0, side: .client, logger: logger) },
            eventLoop: (eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton).next(), logger: logger)
    }

    /// Tasks that prefer this executor run where the connection is: their calls need no hop between threads and leave together. For callers
    /// who make many calls and do little else; whoever blocks in it blocks the connection.
    public var executor: any TaskExecutor { transport.executor }

    deinit {
        transport.post(.close)
    }

    /// Ends the connection and every call; later calls fail with UNAVAILABLE.
    public func close() {
        transport.post(.close)
    }

    public func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        let begun = ContinuousClock.now
        let deadline = deadline(of: options, from: begun)
        let (payload, headLength) = try encode(method, request, options)
        var retry: CallRetry?
        while true {
            let call = UnaryCall(
                payload: payload, headLength: headLength, begun: retry == nil ? begun : .now, deadline: deadline)
            let outcome = await withTaskCancellationHandler {
                await call.outcome { transport.start(call) }
            } onCancel: {
                transport.post(.cancel(call))
            }
            switch outcome {
            case .success(let body): return try body.decode(decode)
            case .failure(let failure): try await waitToRetry(&retry, failure, method, options, deadline)
            }
        }
    }

    public func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        let begun = ContinuousClock.now
        let deadline = deadline(of: options, from: begun)
        let (payload, headLength) = try encode(method, request, options)
        var retry: CallRetry?
        while true {
            let call = StreamingCall(
                payload: payload, headLength: headLength, begun: retry == nil ? begun : .now, deadline: deadline)
            let (failure, hasBegun) = try await follow(call, decode, receive)
            guard let failure else { return }
            if hasBegun { throw failure.error }
            try await waitToRetry(&retry, failure, method, options, deadline)
        }
    }

    /// Reads a stream to its end, or to its failure. Throws what `receive` throws.
    private func follow(
        _ call: StreamingCall, _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws -> (failure: CallFailure?, hasBegun: Bool) {
        var credit = ConsumedCredit(window: limits.streamCreditBytes)
        var messages = StreamingCall.Messages()
        var hasBegun = false
        // A stream that was read to its end is over already; cancelling it again does nothing.
        defer { transport.post(.cancel(call)) }
        transport.start(call)
        while true {
            await withTaskCancellationHandler {
                await call.next(&messages)
            } onCancel: {
                transport.post(.cancel(call))
            }
            if messages.lengths.isEmpty { return (call.failure, hasBegun) }
            hasBegun = true
            var bytes = messages.bytes
            for length in messages.lengths {
                guard let body = bytes.readSlice(length: length) else {
                    preconditionFailure("messages have their lengths")
                }
                try body.decode(decode)
                try await receive()
                if let grant = credit.consume(length + FrameHeader.size) { transport.grant(call, bytes: grant) }
            }
            bytes = ByteBuffer()
            messages.removeAll()
        }
    }

    /// Returns when the call is to be sent again; throws its failure when it is not.
    private func waitToRetry(
        _ retry: inout CallRetry?, _ failure: CallFailure, _ method: String, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?
    ) async throws {
        if failure.reach == .final { throw failure.error }
        if let leader = failure.leader, let address = ServerAddress(leader, service: service) {
            transport.post(.follow(address))
        }
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

    private func deadline(of options: CallOptions, from now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        options.timeout > Self.longestTimeout ? nil : now + options.timeout
    }

    private func encode(_ method: String, _ request: some WireMessage, _ options: CallOptions) throws -> (
        ByteBuffer, Int
    ) {
        let headLength = RequestHead.tailBytes(method: method, metadata: options.metadata)
        guard headLength + RequestHead.timeoutSize <= limits.maxMetadataBytes else { throw metadataTooLong }
        do {
            var payload = ByteBuffer()
            try request.withEncoded { bytes in
                try RPCError.checkLength(bytes.count, limit: limits.maxMessageBytes)
                payload.reserveCapacity(headLength + bytes.count)
                guard RequestHead.encodeTail(method: method, metadata: options.metadata, into: &payload) else {
                    throw metadataTooLong
                }
                payload.writeBytes(bytes)
            }
            return (payload, headLength)
        } catch let error as MessageError {
            throw RPCError(undecodable: error)
        }
    }

    private var metadataTooLong: RPCError {
        RPCError(.resourceExhausted, "the metadata is longer than \(limits.maxMetadataBytes) bytes")
    }

    /// A timeout beyond what the wire can say is none.
    private static let longestTimeout: Duration = .milliseconds(Int64(UInt32.max))
}
