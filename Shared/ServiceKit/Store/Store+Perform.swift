import Model
import RPC
public import Store
public import Wire

extension Store {
    /// The longest idempotency key taken, in bytes.
    public static var limitIdempotencyKeyBytes: Int { 255 }

    /// Runs a mutating call in one transaction. When the caller names an idempotency key, the answer is recorded in the same transaction
    /// as the effect, and a repetition gets that answer without a second effect, before anything else is looked at.
    /// - Parameter ahead: as ``Store/write(_:ahead:_:)`` takes it.
    /// - Throws: what `body` throws; `RPCError` INVALID_ARGUMENT `idempotency_key_reused` when the key came with another request.
    public func perform<Request: WireMessage, Response: WireMessage>(
        _ context: CallContext, _ request: Request, ahead: (@Sendable (Reader) throws -> Void)? = nil,
        _ body: @escaping @Sendable (Transaction) throws -> Response
    ) async throws -> Response {
        guard let key = context.idempotencyKey else { return try await write(context.method, ahead: ahead, body) }
        guard (1...Self.limitIdempotencyKeyBytes).contains(key.utf8.count) else {
            throw RPCError.invalidField(
                Metadata.idempotencyKey, "must have 1 to \(Self.limitIdempotencyKeyBytes) bytes")
        }
        let hash = Digest.sha256(try request.serialized())
        let caller = context.caller.identity
        let method = context.method
        return try await write(
            method,
            ahead: { reader in
                _ = try reader.kept(caller: caller, method: method, key: key)
                try ahead?(reader)
            }
        ) { transaction in
            if let response = try transaction.remembered(caller: caller, method: method, key: key, requestHash: hash) {
                return try Response(serialized: response)
            }
            let response = try body(transaction)
            try transaction.remember(
                caller: caller, method: method, key: key, requestHash: hash, response: try response.serialized())
            return response
        }
    }
}
