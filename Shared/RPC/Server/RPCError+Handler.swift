import Model
import Wire

/// What is told of a failure: each kind of error is translated once, here.
extension RPCError {
    /// A request that cannot be decoded: INVALID_ARGUMENT, `invalid_field`, with the field's name; too long for the arena: RESOURCE_EXHAUSTED.
    init(undecodable error: MessageError) {
        if case .tooLarge(let limit) = error.fault {
            self.init(
                .resourceExhausted, "the message needs more than \(limit) bytes of memory",
                detail: ErrorDetail(code: "too_large"), cause: error)
            return
        }
        let field = error.field.isEmpty ? error.message : error.field
        self = .invalidField(field, error.fault.text)
        cause = error
    }

    /// What a handler threw: an `RPCError` as it is; anything else tells the caller nothing.
    init(handlerError error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case is CancellationError: self.init(.cancelled, "the call was cancelled", cause: error)
        default: self.init(.internalError, "internal error", detail: ErrorDetail(code: "internal"), cause: error)
        }
    }

    /// Throws RESOURCE_EXHAUSTED for a message that the peer would not take.
    static func checkLength(_ bytes: Int, limit: Int) throws {
        guard bytes > limit else { return }
        throw RPCError(
            .resourceExhausted, "the message has \(bytes) bytes, \(limit) are taken",
            detail: ErrorDetail(code: "too_large"))
    }
}

extension MessageError.Fault {
    fileprivate var text: String {
        switch self {
        case .malformed: "is malformed"
        case .notUTF8: "is not UTF-8"
        case .containsNUL: "contains NUL"
        case .unknownEnumValue(let value): "has the unknown value \(value)"
        case .tooLarge(let limit): "needs more than \(limit) bytes of memory"
        }
    }
}
