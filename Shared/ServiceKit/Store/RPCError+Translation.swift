import Model
import Store
public import Wire

extension RPCError {
    /// What a caller learns of an error that one of our layers threw. An `RPCError` stays as it is; what is not known tells nothing.
    public init(translating error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as InvalidRequest: self = .invalidFields(error.violations)
        case let error as StoreError: self.init(error)
        case is CancellationError:
            self.init(.cancelled, "the call was cancelled", detail: ErrorDetail(code: "cancelled"))
        default: self.init(.internalError, "internal error", detail: ErrorDetail(code: "internal"), cause: error)
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .full: self.init(.resourceExhausted, "no space left to store it", "storage_full", error)
        case .overloaded: self.init(.resourceExhausted, "too much waits to be stored", "overloaded", error)
        case .readTooLong:
            self.init(.deadlineExceeded, "it takes too long to read", "read_too_long", error)
        case .snapshotExpired:
            self.init(.aborted, "the copy took too long beside the writes", "snapshot_expired", error)
        case .busy: self.init(.unavailable, "the store is busy", "busy", error)
        case .notLeading: self.init(.unavailable, "another instance leads", "not_here", error)
        case .notOnThisEngine(let why): self.init(.failedPrecondition, why, "not_on_this_engine", error)
        case .closed, .inUse, .outcomeUnknown, .io, .unavailable:
            self.init(.unavailable, "the store cannot be used now", "store_unavailable", error)
        case .idempotencyConflict:
            self.init(
                .invalidArgument, "the idempotency key was used with another request", "idempotency_key_reused", error)
        case .noSuchBlob: self.init(.notFound, "the file is not there", "not_found", error)
        case .wrongOffset(let expected):
            self.init(.invalidArgument, "the next byte wanted is \(expected)", "wrong_offset", error)
        case .tooLarge(let limit): self.init(.resourceExhausted, "it is larger than \(limit) bytes", "too_large", error)
        case .constraint, .otherService, .newerSchema, .unfinishedMove, .badMigration, .cursorBehind, .missingColumn,
            .wrongType,
            .wrongParameters,
            .transactionEnded, .database:
            self.init(.internalError, "internal error", "internal", error)
        }
    }

    private init(_ code: StatusCode, _ message: String, _ detail: String, _ cause: StoreError) {
        self.init(code, message, detail: ErrorDetail(code: detail), cause: cause)
    }
}
