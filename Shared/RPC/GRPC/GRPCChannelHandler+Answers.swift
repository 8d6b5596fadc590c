import Logging
import Model
import NIOCore
import NIOHPACK
import NIOHTTP2
import Wire

/// What goes back to the client.
extension GRPCChannelHandler: ServerCallOutput {
    /// Longest response that clients take: gRPC's own default.
    var maxResponseBytes: Int { behaviour.limits.maxMessageBytes }

    func respond(_ call: ServerCall, body: UnsafeRawBufferPointer) throws {
        try RPCError.checkLength(body.count, limit: maxResponseBytes)
        guard let stream = finished(call) else { return }
        respond(stream, ByteBuffer(bytes: body))
    }

    func send(_ call: ServerCall, _ body: ByteBuffer) {
        gate.enter(GRPCMessageReader.prefixBytes + body.readableBytes)
        guard eventLoop.inEventLoop else { return post(.message(call, body)) }
        write(message: body, of: call)
    }

    var takesMessages: Bool { gate.isOpen }

    private func write(message body: ByteBuffer, of call: ServerCall) {
        guard !call.isOver, let stream = calls[HTTP2StreamID(call)], stream.call === call else {
            return leaveGate(GRPCMessageReader.prefixBytes + body.readableBytes)
        }
        write(body, stream)
        // The call counts a message with the native header, which is longer.
        call.grant(FrameHeader.size - GRPCMessageReader.prefixBytes)
        flushUnlessBusy()
    }

    func finish(_ call: ServerCall, _ outcome: ServerCall.Outcome) {
        guard eventLoop.inEventLoop else { return post(.finished(call, outcome)) }
        if case .failed(let error) = outcome, error.code == .internalError {
            behaviour.logger.error(
                "call failed", metadata: ["rpc.method": "\(call.method)", "error": "\(error.cause ?? error)"])
        }
        guard let stream = finished(call) else { return }
        switch outcome {
        case .response(let body): respond(stream, body)
        case .ended: conclude(stream, nil)
        case .failed(let error): conclude(stream, error)
        }
    }

    private func post(_ event: Event) {
        mailbox.post(event) { self.takeEvents() }
    }

    private func takeEvents() {
        let wasBusy = isBusy
        isBusy = true
        for event in mailbox.take() {
            switch event {
            case .message(let call, let body): write(message: body, of: call)
            case .finished(let call, let outcome): finish(call, outcome)
            }
        }
        isBusy = wasBusy
        countHeld()
        flushUnlessBusy()
    }

    /// The handler's end has reached us. Its stream, if the caller still waits.
    private func finished(_ call: ServerCall) -> GRPCCall? {
        machine.finishHandler(requestBytes: call.requestBytes, wasAbandoned: call.isOver)
        call.markFinished()
        topUpConnection()
        guard !call.isOver, let stream = calls[HTTP2StreamID(call)] else { return nil }
        stream.call = nil
        return stream.isAnswered ? nil : stream
    }

    /// The only response of a unary call, with its status. A client that reads nothing gets the status alone.
    private func respond(_ call: GRPCCall, _ body: ByteBuffer) {
        if let refusal = machine.refusalOfResponse { return conclude(call, refusal) }
        gate.enter(GRPCMessageReader.prefixBytes + body.readableBytes)
        write(body, call)
        conclude(call, nil)
    }

    /// One message, which the gate knows of.
    func write(_ body: ByteBuffer, _ call: GRPCCall) {
        if !call.hasHeaders {
            call.hasHeaders = true
            send(.headers(.init(headers: GRPCHeaders.response)), call.stream)
        }
        var message = ByteBufferAllocator().buffer(capacity: GRPCMessageReader.prefixBytes + body.readableBytes)
        message.writeInteger(UInt8(0))
        message.writeInteger(UInt32(body.readableBytes))
        message.writeImmutableBuffer(body)
        call.unsentBytes += message.readableBytes
        machine.holdResponse(message.readableBytes)
        send(.data(.init(data: .byteBuffer(message))), call.stream)
    }

    /// The status, which ends the call.
    /// - Parameter error: nil for OK.
    func conclude(_ call: GRPCCall, _ error: RPCError?) {
        guard let error else { return end(call, .ok, call.hasHeaders ? GRPCHeaders.ok : GRPCHeaders.onlyOK) }
        end(call, error.code, GRPCHeaders.trailers(error, alone: !call.hasHeaders))
    }

    /// A status that no handler had a part in.
    func refuse(_ call: GRPCCall, _ refusal: GRPCRefusal) {
        if call.hasHeaders, case .status(let error) = refusal { return conclude(call, error) }
        let code: StatusCode
        switch refusal {
        case .status(let error), .encoding(let error): code = error.code
        case .http: code = .unknown
        }
        end(call, code, GRPCHeaders.refusal(refusal))
    }

    private func end(_ call: GRPCCall, _ code: StatusCode, _ headers: HPACKHeaders) {
        call.isAnswered = true
        call.request.end()
        _ = machine.holdRequest(-call.heldBytes)
        call.heldBytes = 0
        behaviour.record(call.method, code, since: call.started, from: peer)
        let isWhole = call.request.isEnded
        send(.headers(.init(headers: headers, endStream: true)), call.stream)
        // The client need not send the rest (RFC 9113, section 8.1). With responses still waiting this would drop them.
        if !isWhole, call.unsentBytes == 0 { send(.rstStream(.noError), call.stream) }
        flushUnlessBusy()
    }

    func flushUnlessBusy() {
        guard !isBusy else { return }
        closeIfDrained()
        context?.flush()
    }
}

extension GRPCChannelHandler: NIOHTTP2FrameDelegate {
    /// A frame has passed flow control.
    func wroteFrame(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .data(let data): sent(data.data.readableBytes, frame.streamID)
        case .goAway(_, let code, _): if code != .noError { isBroken = true }
        default: break
        }
    }

    /// Messages are gone, whether sent or dropped. Who waited for room may go on.
    func leaveGate(_ bytes: Int) {
        guard gate.leave(bytes) else { return }
        for call in calls.values { call.call?.grant(0) }
    }

    private func sent(_ bytes: Int, _ stream: HTTP2StreamID) {
        machine.sent(bytes)
        leaveGate(bytes)
        guard let call = calls[stream] else { return }
        let wasHeld = call.unsentBytes > behaviour.limits.streamCreditBytes
        call.unsentBytes -= bytes
        call.call?.grant(bytes)
        guard wasHeld, call.unsentBytes <= behaviour.limits.streamCreditBytes, call.call == nil else { return }
        // An exchange goes on, but not in the midst of a write.
        eventLoop.execute {
            guard let call = self.calls[stream] else { return }
            self.advance(call)
            self.flushUnlessBusy()
        }
    }
}

extension HTTP2StreamID {
    /// The stream that a call answers on.
    init(_ call: ServerCall) {
        self.init(Int(call.stream.rawValue))
    }
}
