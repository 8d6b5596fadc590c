/// One LMTP connection (RFC 2033) as a state machine: bytes in, actions out, no sockets and no clock.
///
/// After `.deliver` the session takes bytes but answers nothing until `delivered` tells the outcomes, so replies keep
/// the order of commands under pipelining.
public struct LMTPSession: Sendable {
    /// What the channel has to do, in order.
    public enum Action: Sendable, Hashable {
        /// Write these bytes: whole reply lines with CR LF.
        case reply(String)
        /// Store the mail for each recipient and call `delivered`.
        case deliver(LMTPEnvelope, data: [UInt8])
        /// Write these bytes; every byte after them, both ways, belongs to TLS.
        case startTLS(reply: String)
        /// Flush and close.
        case close
    }

    private enum State {
        /// LHLO has not been said. Next: ready.
        case connected
        /// No mail is open. Next: envelope.
        case ready
        /// MAIL was accepted. Next: data, chunk, ready.
        case envelope(LMTPEnvelope)
        /// DATA was accepted. Next: delivering, ready.
        case data(LMTPEnvelope, LMTPData)
        /// A chunk is being read; without an envelope it came out of place and is thrown away. Next: chunks, delivering, ready, connected.
        case chunk(LMTPEnvelope?, LMTPChunk, wasConnected: Bool)
        /// Chunks were taken, and others follow. Next: chunk, ready.
        case chunks(LMTPEnvelope, LMTPChunk)
        /// A mail is with its keeper. Next: ready.
        case delivering(LMTPEnvelope)
        /// Nothing more is read. Final.
        case closed
    }

    private let limits: LMTPLimits
    private let hostname: String
    /// STARTTLS may be said: it is offered, and has not been.
    private var offersTLS: Bool
    private var state = State.connected
    /// Bytes that are not yet a whole line, or wait for a delivery to end.
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var errors = 0
    private var commands = 0
    /// A line that was too long is being thrown away.
    private var isSkippingLine = false
    private var actions: [Action] = []

    /// - Parameters:
    ///   - hostname: the name that the greeting tells.
    ///   - offersTLS: whether `.startTLS` can be performed.
    public init(hostname: String, limits: LMTPLimits = LMTPLimits(), offersTLS: Bool = false) {
        self.hostname = hostname
        self.limits = limits
        self.offersTLS = offersTLS
    }

    /// A mail is with its keeper: reading more now only fills memory.
    public var isDelivering: Bool {
        if case .delivering = state { true } else { false }
    }

    /// What to send when the connection opens.
    public func greeting() -> [Action] { [.reply("220 \(hostname) LMTP Firstline\r\n")] }

    /// Takes bytes from the connection.
    public mutating func receive(_ bytes: some Sequence<UInt8>) -> [Action] {
        if case .closed = state { return [] }
        pending.append(contentsOf: bytes)
        return proceed()
    }

    /// Takes the outcomes of a delivery, one for each recipient in order.
    public mutating func delivered(_ outcomes: [LMTPOutcome]) -> [Action] {
        guard case .delivering(let envelope) = state else { return [] }
        precondition(outcomes.count == envelope.recipients.count, "one outcome for each recipient")
        state = .ready
        commands = 0
        for outcome in outcomes { reply(outcome.reply) }
        return proceed()
    }

    /// Ends the connection when the server stops or the client is silent for too long.
    public mutating func shutDown(_ text: String) -> [Action] {
        if case .closed = state { return [] }
        close("421 4.3.2 \(text)")
        return taken()
    }

    private mutating func proceed() -> [Action] {
        loop: while true {
            switch state {
            case .delivering, .closed: break loop
            case .data(let envelope, var data):
                // The state gives its buffer away while it changes, so that it is not copied.
                state = .closed
                let isEnded = data.take(pending, from: &pendingStart, limits: limits)
                if isEnded {
                    end(envelope, data)
                } else if data.isBeyondDraining(limits) {
                    close("421 4.3.4 Message far too large")
                } else {
                    state = .data(envelope, data)
                    break loop
                }
            case .chunk(let envelope, var chunk, let wasConnected):
                state = .closed
                guard chunk.take(pending, from: &pendingStart, limits: limits) else {
                    state = .chunk(envelope, chunk, wasConnected: wasConnected)
                    break loop
                }
                end(envelope, chunk, wasConnected: wasConnected)
            case .connected, .ready, .envelope, .chunks:
                guard let line = nextLine() else { break loop }
                command(line)
            }
        }
        if pendingStart == pending.count {
            pending.removeAll(keepingCapacity: pending.capacity <= 128 * 1024)
            pendingStart = 0
        } else if pendingStart > 64 * 1024 {
            pending.removeSubrange(..<pendingStart)
            pendingStart = 0
        }
        return taken()
    }

    /// The next command line without its end; nil until one is whole. A bare LF ends a line too, and is refused there:
    /// silence would only leave a broken client waiting.
    private mutating func nextLine() -> LMTPCommand? {
        while let end = pending[pendingStart...].firstIndex(of: 10) {
            let line = pending[pendingStart..<end]
            pendingStart = end + 1
            if isSkippingLine || line.count + 1 > limits.maxLineBytes {
                isSkippingLine = false
                refuse("500 5.5.6 Line too long")
                if case .closed = state { return nil }
                continue
            }
            return LMTPCommand(line)
        }
        if pending.count - pendingStart > limits.maxLineBytes {
            isSkippingLine = true
            pendingStart = pending.count
        }
        return nil
    }

    private mutating func command(_ command: LMTPCommand) {
        // A client may cut a large mail into many chunks.
        if case .chunk(let size, _) = command, size >= limits.freeChunkBytes {} else { commands += 1 }
        if commands > limits.maxCommands { return close("421 4.7.0 Too many commands") }
        switch (command, state) {
        case (.lhlo, _):
            state = .ready
            reply("250-\(hostname)")
            let keywords = ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING"]
            for keyword in keywords + (offersTLS ? ["STARTTLS"] : []) { reply("250-\(keyword)") }
            reply("250 SIZE \(limits.maxMessageBytes)")
        case (.chunk(let size, let isLast), _): chunk(size, isLast: isLast)
        case (.startTLS, _): startTLS()
        case (.noop, _): reply("250 2.0.0 OK")
        case (.verify, _): reply("252 2.5.0 Cannot verify, but will take mail")
        case (.help, _): reply("214 2.0.0 RFC 2033")
        case (.quit, _): close("221 2.0.0 Bye")
        case (.malformed(let text), _): refuse(text)
        case (.reset, .connected): reply("250 2.0.0 OK")
        case (.reset, _):
            state = .ready
            reply("250 2.0.0 OK")
        case (_, .connected): refuse("503 5.5.1 Say LHLO first")
        case (.mail(let mail), .ready): open(mail)
        case (.mail, _): refuse("503 5.5.1 A mail is already open")
        case (.recipient(let address), .envelope(let envelope)): add(address, to: envelope)
        case (.recipient, _): refuse("503 5.5.1 Say MAIL first")
        case (.data, .envelope(let envelope)):
            if envelope.recipients.isEmpty { return refuse("503 5.5.1 No valid recipients") }
            state = .data(envelope, LMTPData())
            reply("354 End with CR LF . CR LF")
        case (.data, _): refuse("503 5.5.1 Say MAIL and RCPT first")
        }
    }

    private mutating func chunk(_ size: Int, isLast: Bool) {
        // What is not worth throwing away, or has no size, must not be taken for commands either.
        if size > limits.maxDrainedBytes { return close("421 4.3.4 Say BDAT and a size that is not far too large") }
        var chunk = LMTPChunk()
        var envelope: LMTPEnvelope?
        var wasConnected = false
        switch state {
        case .envelope(let open) where !open.recipients.isEmpty: envelope = open
        case .chunks(let open, let before): (envelope, chunk) = (open, before)
        case .connected: wasConnected = true
        default: break
        }
        chunk.begin(size: size, isLast: isLast)
        state = .chunk(envelope, chunk, wasConnected: wasConnected)
    }

    private mutating func end(_ envelope: LMTPEnvelope?, _ chunk: LMTPChunk, wasConnected: Bool) {
        guard let envelope else {
            state = wasConnected ? .connected : .ready
            return refuse("503 5.5.1 Say LHLO, MAIL and RCPT first")
        }
        if chunk.isOverLimit {
            refuseSize(for: chunk.isLast ? envelope.recipients.count : 1)
        } else if chunk.isLast {
            state = .delivering(envelope)
            actions.append(.deliver(envelope, data: chunk.bytes))
        } else {
            state = .chunks(envelope, chunk)
            reply("250 2.0.0 \(chunk.size) bytes taken")
        }
    }

    private mutating func startTLS() {
        guard offersTLS else { return refuse("502 5.5.1 Command not implemented") }
        guard case .ready = state else { return refuse("503 5.5.1 Say LHLO first, and no mail may be open") }
        // Whoever could put words before the handshake would have them taken for the client's (RFC 3207, section 6).
        guard pendingStart == pending.count else { return close("421 4.7.0 Nothing may follow STARTTLS") }
        offersTLS = false
        state = .connected
        actions.append(.startTLS(reply: "220 2.0.0 Go on with TLS\r\n"))
    }

    private mutating func open(_ mail: LMTPCommand.Mail) {
        if let size = mail.size, size > limits.maxMessageBytes {
            return refuse("552 5.3.4 Message too large, \(limits.maxMessageBytes) bytes at most")
        }
        state = .envelope(LMTPEnvelope(from: mail.from, isInternational: mail.isInternational))
        reply("250 2.1.0 OK")
    }

    private mutating func add(_ address: String, to envelope: LMTPEnvelope) {
        var envelope = envelope
        // No fault of the client's: it hands the mail over for those taken, and then for the rest (RFC 5321, section 4.5.3.1.10).
        if envelope.recipients.count >= limits.maxRecipients { return reply("452 4.5.3 Too many recipients") }
        if !envelope.isInternational, address.utf8.contains(where: { $0 >= 0x80 }) {
            return refuse("553 5.6.7 Address needs SMTPUTF8")
        }
        envelope.recipients.append(address)
        state = .envelope(envelope)
        reply("250 2.1.5 OK")
    }

    private mutating func end(_ envelope: LMTPEnvelope, _ data: LMTPData) {
        if data.isOverLimit {
            refuseSize(for: envelope.recipients.count)
        } else {
            state = .delivering(envelope)
            actions.append(.deliver(envelope, data: data.bytes))
        }
    }

    private mutating func refuseSize(for replies: Int) {
        state = .ready
        commands = 0
        for _ in 0..<replies { reply("552 5.3.4 Message too large, \(limits.maxMessageBytes) bytes at most") }
    }

    private mutating func reply(_ line: String) {
        if case .reply(let text) = actions.last {
            actions[actions.count - 1] = .reply(text + line + "\r\n")
        } else {
            actions.append(.reply(line + "\r\n"))
        }
    }

    private mutating func refuse(_ line: String) {
        reply(line)
        errors += 1
        if errors >= limits.maxErrors { close("421 4.7.0 Too many errors") }
    }

    private mutating func close(_ line: String) {
        state = .closed
        pending = []
        pendingStart = 0
        reply(line)
        actions.append(.close)
    }

    private mutating func taken() -> [Action] {
        defer { actions = [] }
        return actions
    }
}
