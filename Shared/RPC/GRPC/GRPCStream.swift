import NIOCore
import Wire

/// What a client sends on one stream: data in, actions out. It touches no socket, clock or handler.
///
/// receiving → running (the whole request is here) → over; a refusal leads from anywhere to over.
struct GRPCStream: Sendable {
    enum Kind: Hashable, Sendable {
        /// One request.
        case single
        /// Any number of requests, each answered by itself.
        case exchange
    }

    enum Phase: Hashable, Sendable {
        case receiving
        case running
        case over
    }

    /// What to do next.
    enum Action: Sendable {
        case none
        /// The only request is here: run the handler.
        case start(ByteBuffer)
        /// Answer one request of an exchange.
        case answer(ByteBuffer)
        /// The exchange is done: end it with OK.
        case conclude
        case refuse(RPCError)
    }

    let kind: Kind
    private(set) var phase = Phase.receiving
    /// The client sends no more.
    private(set) var isEnded = false
    private var reader: GRPCMessageReader
    private var request: ByteBuffer?
    /// Whether bytes have come since `checkProgress` was asked last.
    private var hasProgressed = true

    init(_ kind: Kind, maxMessageBytes: Int) {
        self.kind = kind
        reader = GRPCMessageReader(maxMessageBytes: maxMessageBytes)
    }

    /// Bytes held for the client.
    var bufferedBytes: Int { reader.bufferedBytes + (request?.readableBytes ?? 0) }

    mutating func receive(_ bytes: ByteBuffer?, isEnd: Bool) {
        guard phase == .receiving else { return }
        hasProgressed = true
        if let bytes { reader.append(bytes) }
        if isEnd { isEnded = true }
    }

    /// To be asked until it says `none`.
    mutating func next() -> Action {
        guard phase == .receiving else { return .none }
        do throws(RPCError) {
            switch kind {
            case .single: return try nextOfSingle()
            case .exchange: return try nextOfExchange()
            }
        } catch {
            phase = .over
            return .refuse(error)
        }
    }

    /// False when a request has begun, is not whole, and has not grown since this was asked last. An exchange may rest.
    mutating func checkProgress() -> Bool {
        if phase != .receiving || kind == .exchange { return true }
        defer { hasProgressed = false }
        return hasProgressed
    }

    /// Nothing more is wanted of the client.
    mutating func end() {
        phase = .over
        request = nil
        reader = GRPCMessageReader(maxMessageBytes: reader.maxMessageBytes)
    }

    private mutating func nextOfSingle() throws(RPCError) -> Action {
        while let message = try reader.next() {
            guard request == nil else {
                throw RPCError(.unimplemented, "streams of requests are not spoken here: one request was expected")
            }
            request = message
        }
        guard isEnded else { return rest() }
        try checkNothingLeft()
        guard let request else {
            throw RPCError(.unimplemented, "the request is missing")
        }
        self.request = nil
        phase = .running
        return .start(request)
    }

    private mutating func nextOfExchange() throws(RPCError) -> Action {
        if let message = try reader.next() { return .answer(message) }
        guard isEnded else { return rest() }
        try checkNothingLeft()
        phase = .over
        return .conclude
    }

    /// Waits for more with no more memory than what has come.
    private mutating func rest() -> Action {
        reader.compact()
        request = request?.compacted()
        return .none
    }

    private func checkNothingLeft() throws(RPCError) {
        guard reader.bufferedBytes == 0 else { throw RPCError(.internalError, "the request is cut short") }
    }
}
