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
        /// Flush and close.
        case close
    }

    private enum State {
        /// LHLO has not been said. Next: ready.
        case connected
        /// No mail is open. Next: envelope.
        case ready
        /// MAIL was accepted. Next: data, ready.
        case envelope(LMTPEnvelope)
        /// DATA was accepted. Next: delivering, ready.
        case data(LMTPEnvelope, LMTPData)
        /// A mail is with its keeper. Next: ready.
        case delivering(LMTPEnvelope)
        /// Nothing more is read. Final.
        case closed
    }

    private let limits: LMTPLimits
    private let hostname: String
    private var state = State.connected
    /// Bytes that are not yet a whole line, or wait for a delivery to end.
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var errors = 0
    private var commands = 0
    /// A line that was too long is being thrown away.
    private var isSkippingLine = false
    private var actions: [Action] = []

    /// - Parameter hostname: the name that the greeting tells.
    public init(hostname: String, limits: LMTPLimits = LMTPLimits()) {
        self.hostname = hostname
        self.limits = limits
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
            case .connected, .ready, .envelope:
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
        commands += 1
        if commands > limits.maxCommands { return close("421 4.7.0 Too many commands") }
        switch (command, state) {
        case (.lhlo, _):
            state = .ready
            reply("250-\(hostname)")
            for keyword in ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"] { reply("250-\(keyword)") }
            reply("250 SIZE \(limits.maxMessageBytes)")
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

    private mutating func open(_ mail: LMTPCommand.Mail) {
        if let size = mail.size, size > limits.maxMessageBytes {
            return refuse("552 5.3.4 Message too large, \(limits.maxMessageBytes) bytes at most")
        }
        state = .envelope(LMTPEnvelope(from: mail.from, isInternational: mail.isInternational))
        reply("250 2.1.0 OK")
    }

    private mutating func add(_ address: String, to envelope: LMTPEnvelope) {
        var envelope = envelope
        if envelope.recipients.count >= limits.maxRecipients { return refuse("452 4.5.3 Too many recipients") }
        if !envelope.isInternational, address.utf8.contains(where: { $0 >= 0x80 }) {
            return refuse("553 5.6.7 Address needs SMTPUTF8")
        }
        envelope.recipients.append(address)
        state = .envelope(envelope)
        reply("250 2.1.5 OK")
    }

    private mutating func end(_ envelope: LMTPEnvelope, _ data: LMTPData) {
        if data.isOverLimit {
            state = .ready
            commands = 0
            for _ in envelope.recipients {
                reply("552 5.3.4 Message too large, \(limits.maxMessageBytes) bytes at most")
            }
        } else {
            state = .delivering(envelope)
            actions.append(.deliver(envelope, data: data.bytes))
        }
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
