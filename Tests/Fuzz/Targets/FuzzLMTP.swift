import IntakeServer

/// First byte: how the rest is cut. A conversation goes the same way however it is cut, and ends once.
func fuzzLMTP(_ bytes: UnsafeRawBufferPointer) {
    guard let cut = bytes.first.map({ Int($0) + 1 }) else { return }
    let conversation = Array(bytes.dropFirst())
    var whole = LMTPConversation()
    whole.receive(conversation[...])
    var cutUp = LMTPConversation()
    for start in stride(from: 0, to: conversation.count, by: cut) {
        cutUp.receive(conversation[start..<min(start + cut, conversation.count)])
    }
    precondition(whole.replies == cutUp.replies && whole.mails == cutUp.mails, "cutting changes what is said")
    precondition(whole.isClosed == cutUp.isClosed)
}

private struct LMTPConversation {
    private var session = LMTPSession(hostname: "desk.example", limits: .tight)
    private(set) var replies = ""
    private(set) var mails: [[UInt8]] = []
    private(set) var isClosed = false

    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        perform(session.receive(bytes))
    }

    private mutating func perform(_ actions: [LMTPSession.Action]) {
        for action in actions {
            precondition(!isClosed, "something after the end")
            switch action {
            case .reply(let text):
                precondition(text.hasSuffix("\r\n"), "a reply that is no line")
                // Several replies may go at once; each line has its own limit (RFC 5321, section 4.5.3.1.5).
                let lines = text.utf8.split(separator: 10)
                precondition(lines.allSatisfy { $0.count < 512 && $0.last == 13 }, "a reply line that is too long")
                replies += text
            case .deliver(let envelope, let data):
                precondition(data.count <= LMTPLimits.tight.maxMessageBytes, "a mail beyond the limit")
                mails.append(data)
                perform(session.delivered(envelope.recipients.map { _ in .stored(ticketID: 1, messageID: 2) }))
            case .startTLS: preconditionFailure("TLS was not offered")
            case .close: isClosed = true
            }
        }
    }
}

extension LMTPLimits {
    /// Limits that a fuzzer reaches.
    fileprivate static var tight: LMTPLimits {
        var limits = LMTPLimits()
        limits.maxMessageBytes = 1_024
        limits.maxRecipients = 3
        return limits
    }
}
