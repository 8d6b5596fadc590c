extension Reader {
    /// What is kept of this caller's key, however old.
    public func kept(caller: String, method: String, key: String) throws -> Row? {
        try row(
            """
            SELECT request_hash, response, at_ms FROM idempotency_key
            WHERE caller = ? AND method = ? AND idempotency_key = ?
            """, [.text(caller), .text(method), .text(key)])
    }
}

extension Transaction {
    /// The answer once given to this caller's key, or nil when the key is new (or older than its 72 hours).
    /// Throws ``StoreError/idempotencyConflict`` when it came with another request.
    public func remembered(caller: String, method: String, key: String, requestHash: [UInt8]) throws -> [UInt8]? {
        guard let found = try kept(caller: caller, method: method, key: key),
            try found.int("at_ms") > oldestKeptMilliseconds
        else { return nil }
        guard try found.blob("request_hash") == requestHash else { throw StoreError.idempotencyConflict }
        return try found.blob("response")
    }

    /// Keeps the answer to this caller's key for 72 hours.
    public func remember(
        caller: String, method: String, key: String, requestHash: [UInt8], response: [UInt8]
    ) throws {
        try execute(
            """
            INSERT INTO idempotency_key (caller, method, idempotency_key, request_hash, response, at_ms)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (caller, method, idempotency_key) DO UPDATE
            SET request_hash = excluded.request_hash, response = excluded.response, at_ms = excluded.at_ms
            """,
            [
                .text(caller), .text(method), .text(key), .blob(requestHash), .blob(response),
                .integer(nowMilliseconds),
            ])
    }

    /// Removes a step of expired keys; returns whether there may be more.
    func expireKeys() throws -> Bool {
        let removed = try change(
            """
            DELETE FROM idempotency_key WHERE id IN (
                SELECT id FROM idempotency_key WHERE at_ms <= ? ORDER BY at_ms LIMIT ?)
            """, [.integer(oldestKeptMilliseconds), .integer(Int64(limits.expiryStep))])
        return removed == limits.expiryStep
    }

    private var oldestKeptMilliseconds: Int64 { nowMilliseconds - limits.idempotencyMilliseconds }
}
