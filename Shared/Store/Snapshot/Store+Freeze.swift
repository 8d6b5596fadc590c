import GRDB

extension Store {
    /// The longest that a freeze may hold the writer.
    public static let longestFreeze: Duration = .seconds(1)

    /// Stops the writer between two batches and opens a snapshot of what is then committed.
    ///
    /// The writer rests from this return until ``StoreSnapshot/release()`` or until `limit` has passed, whichever is first; writes that
    /// come meanwhile wait, readers do not. Snapshots of several stores that rested at the same time fit each other.
    /// - Parameter limit: at most ``longestFreeze``.
    /// - Throws: ``StoreError/busy`` while another freeze holds the writer, ``StoreError/closed``.
    public func freeze(limit: Duration) async throws -> StoreSnapshot {
        precondition(limit > .zero && limit <= Self.longestFreeze, "a freeze is short")
        guard let sqlite = engine as? SQLiteEngine else {
            throw StoreError.notOnThisEngine("a copy of a store in PostgreSQL is made by PostgreSQL's own backup")
        }
        var configuration = SQLiteEngine.readerConfiguration(limits)
        configuration.label = "firstline.store.snapshot"
        // The snapshot is a transaction that outlives the block that began it.
        configuration.allowsUnsafeTransactions = true
        let database: DatabaseQueue
        let connection: EmbeddedConnection
        do {
            // Opened before the writer stops: it rests for no longer than it must.
            database = try DatabaseQueue(path: sqlite.path, configuration: configuration)
            connection = try await database.writeWithoutTransaction { [database, limits] handle in
                try EmbeddedConnection(handle, of: database, statementLimit: limits.preparedStatements)
            }
        } catch {
            throw StoreError.translate(error)
        }
        do {
            let position = try await writer.freeze()
            let hold = WriterHold(writer, limit: limit)
            do {
                try await database.writeWithoutTransaction { _ in try connection.beginSnapshot(at: position) }
            } catch {
                _ = hold.release()
                throw error
            }
            return StoreSnapshot(
                position: position, database: database, connection: connection, hold: hold, registry: sqlite.snapshots)
        } catch {
            try? await database.writeWithoutTransaction { _ in connection.finish() }
            try? database.close()
            throw StoreError.translate(error)
        }
    }
}

extension EmbeddedConnection {
    /// Begins a read transaction, which must see the journal end at `position`.
    fileprivate func beginSnapshot(at position: JournalPosition) throws {
        try beginReading(within: .zero)
        // The first read is what fixes the snapshot.
        let ledger = try Ledger.load(self)
        precondition(ledger.position == position, "the writer rests while a snapshot is opened")
    }
}
