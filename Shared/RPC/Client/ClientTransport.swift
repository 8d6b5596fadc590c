import Logging
import NIOCore
import NIOPosix
import Wire

/// A client's one connection: opened by the first call, opened again after it was lost, with back-off.
///
/// `@unchecked`: everything but `post` is used on `eventLoop` alone.
final class ClientTransport: @unchecked Sendable {
    /// What comes from callers on other threads.
    enum Event: Sendable {
        case start(ClientCall)
        case cancel(ClientCall)
        case grant(ClientCall, bytes: Int)
        /// Another instance of the service leads.
        case follow(ServerAddress)
        case close
    }

    private enum State {
        case idle
        case connecting(ClientChannelHandler)
        case open(ClientChannelHandler)
        /// The last attempt failed; calls fail until the instant.
        case backingOff(until: ContinuousClock.Instant, RPCError)
        case closed
    }

    let eventLoop: any EventLoop
    /// Runs the tasks of callers who want to be where the connection is.
    let executor: LoopExecutor
    private var addresses: ServerAddresses
    private let limits: RPCLimits
    private let tls: TLSContextSource?
    private let logger: Logger
    private let mailbox: Mailbox<Event>
    private var state = State.idle
    private var backoff: Backoff
    private var waiting: [ClientCall] = []
    /// Connections that only end their calls.
    private var drainingConnections: [ClientChannelHandler] = []
    private var handshakeTimer: Scheduled<Void>?
    private var isFlushScheduled = false

    init(
        addresses: [ServerAddress], limits: RPCLimits, tls: TLSContextSource?, eventLoop: any EventLoop, logger: Logger
    ) {
        self.addresses = ServerAddresses(addresses)
        self.limits = limits
        self.tls = tls
        self.eventLoop = eventLoop
        self.logger = logger
        mailbox = Mailbox(eventLoop)
        backoff = Backoff(limits: limits)
        executor = LoopExecutor(eventLoop)
        executor.afterRun = { [weak self] in self?.flush() }
    }

    /// Sends a call; from any thread.
    func start(_ call: ClientCall) {
        guard eventLoop.inEventLoop else { return post(.start(call)) }
        start(call, at: call.begun)
        flushSoon()
    }

    /// The caller has consumed so much of a stream; from any thread.
    func grant(_ call: ClientCall, bytes: Int) {
        guard eventLoop.inEventLoop else { return post(.grant(call, bytes: bytes)) }
        connection(of: call)?.grant(call, bytes: bytes)
        flushSoon()
    }

    /// Leaves it to the end of the turn, so that what is sent in one leaves together.
    private func flushSoon() {
        guard !executor.isRunning, !executor.isGathering, !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    func flush() {
        if case .open(let connection) = state { connection.flushUnlessReading() }
        for connection in drainingConnections { connection.flushUnlessReading() }
    }

    func post(_ event: Event) {
        mailbox.post(event) { self.takeEvents() }
    }

    private func takeEvents() {
        let now = ContinuousClock.now
        for event in mailbox.take() {
            switch event {
            case .start(let call): start(call, at: now)
            case .cancel(let call): cancel(call)
            case .grant(let call, let bytes): connection(of: call)?.grant(call, bytes: bytes)
            case .follow(let leader): follow(leader)
            case .close: close()
            }
        }
        flush()
    }

    // MARK: - Calls

    private func start(_ call: ClientCall, at now: ContinuousClock.Instant) {
        call.isStarted = true
        if call.isCancelled { return end(call, .cancelled) }
        if let deadline = call.deadline, deadline <= now { return end(call, .deadlineExceeded) }
        switch state {
        case .open(let connection):
            call.connection = connection
            connection.start(call, at: now)
        case .connecting: wait(call, at: now)
        case .backingOff(let until, let error) where now < until:
            end(call, CallFailure(error: error, reach: .final))
        case .idle, .backingOff:
            wait(call, at: now)
            connect()
        case .closed: end(call, CallFailure(error: Self.closedError, reach: .final))
        }
    }

    private func wait(_ call: ClientCall, at now: ContinuousClock.Instant) {
        guard waiting.count < limits.maxWaitingCalls else {
            let error = RPCError(.resourceExhausted, "more than \(limits.maxWaitingCalls) calls wait for a connection")
            return end(call, CallFailure(error: error, reach: .final))
        }
        waiting.append(call)
        guard let deadline = call.deadline else { return }
        call.waitTimer = eventLoop.scheduleTask(in: TimeAmount(deadline - now)) {
            self.waiting.removeAll { $0 === call }
            self.end(call, .deadlineExceeded)
        }
    }

    private func cancel(_ call: ClientCall) {
        guard call.isStarted else {
            call.isCancelled = true
            return
        }
        if call.isOver { return }
        connection(of: call)?.cancel(call)
        waiting.removeAll { $0 === call }
        end(call, .cancelled)
    }

    private func connection(of call: ClientCall) -> ClientChannelHandler? {
        call.stream == nil ? nil : call.connection
    }

    /// Tells the call its outcome, once.
    func end(_ call: ClientCall, _ failure: CallFailure?) {
        if call.isOver { return }
        call.isOver = true
        call.waitTimer?.cancel()
        call.connection = nil
        call.ended(failure)
    }

    // MARK: - The connection

    private func connect() {
        let address = addresses.next()
        let connection = ClientChannelHandler(transport: self, limits: limits)
        state = .connecting(connection)
        handshakeTimer = eventLoop.scheduleTask(in: TimeAmount(limits.handshakeTimeout)) {
            self.attemptFailed(connection, RPCError(.unavailable, "\(address) did not greet in time"))
        }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limits.handshakeTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: RPCServer.receiveBufferBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = self.tls {
                        let session = try tls.current().makeSession(expecting: address)
                        try channel.pipeline.syncOperations.addHandler(TLSChannelHandler(session, logger: self.logger))
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in
                self.attemptFailed(
                    connection, RPCError(.unavailable, "\(address) cannot be reached", cause: error))
            }
    }

    /// The server's HELLO is here.
    func ready(_ connection: ClientChannelHandler) {
        guard case .connecting(let attempt) = state, attempt === connection else {
            connection.close(Self.closedError)
            return
        }
        handshakeTimer?.cancel()
        backoff.succeed()
        addresses.succeed()
        state = .open(connection)
        let now = ContinuousClock.now
        let calls = waiting
        waiting = []
        for call in calls {
            call.waitTimer?.cancel()
            call.connection = connection
            connection.start(call, at: now)
        }
    }

    /// The server takes no more calls on it.
    func draining(_ connection: ClientChannelHandler) {
        drainingConnections.append(connection)
        if case .open(let open) = state, open === connection { state = .idle }
    }

    /// The connection is gone; its calls are told by it.
    func closed(_ connection: ClientChannelHandler, _ error: RPCError) {
        drainingConnections.removeAll { $0 === connection }
        switch state {
        case .open(let open) where open === connection: state = .idle
        case .connecting: attemptFailed(connection, error)
        default: break
        }
    }

    private func attemptFailed(_ connection: ClientChannelHandler, _ error: RPCError) {
        guard case .connecting(let attempt) = state, attempt === connection else { return }
        handshakeTimer?.cancel()
        logger.debug("cannot connect", metadata: ["error": "\(error)", "cause": "\(error.cause ?? error)"])
        // The next address is tried at once; only after all of them comes a pause.
        let isAnotherLeft = addresses.fail()
        state = isAnotherLeft ? .idle : .backingOff(until: .now + backoff.fail(jitter: .random(in: -1...1)), error)
        attempt.close(error)
        if isAnotherLeft && !waiting.isEmpty { return connect() }
        let calls = waiting
        waiting = []
        for call in calls { end(call, CallFailure(error: error, reach: .final)) }
    }

    /// Leaves the instance that does not lead; its calls end there.
    private func follow(_ leader: ServerAddress) {
        guard addresses.follow(leader) else { return }
        if case .open(let connection) = state {
            drainingConnections.append(connection)
            state = .idle
        }
    }

    private func close() {
        let last = state
        state = .closed
        handshakeTimer?.cancel()
        let calls = waiting
        waiting = []
        for call in calls { end(call, CallFailure(error: Self.closedError, reach: .final)) }
        for connection in drainingConnections { connection.close(Self.closedError) }
        switch last {
        case .connecting(let connection), .open(let connection): connection.close(Self.closedError)
        case .idle, .backingOff, .closed: break
        }
    }

    private static let closedError = RPCError(.unavailable, "the client is closed")
}
