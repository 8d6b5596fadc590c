/// Why the store refused. Closed: a caller decides by the case, never by the text.
public enum StoreError: Error, Sendable, Hashable {
    /// Another process (or another store of this one) has the folder.
    case inUse(folder: String)
    /// The folder's store belongs to another service.
    case otherService(String)
    /// The folder was written by a newer program; `migration` is the first that this one does not know.
    case newerSchema(migration: String)
    /// The list of migrations was edited instead of appended to, or breaks a rule of the seam.
    case badMigration(String)
    /// The store is being filled from another, and that was not finished: nobody may serve it.
    case unfinishedMove
    /// The store was closed, or stopped after a failure.
    case closed
    /// Another instance of the service leads this store, or may by now: nothing was done.
    case notLeading
    /// The database cannot be reached; nothing was done.
    case unavailable(message: String)
    /// This engine leaves it to tools of its own.
    case notOnThisEngine(String)
    /// Too many requests wait already; nothing was done.
    case overloaded
    /// No space left; nothing was done. The store goes on as soon as there is space.
    case full
    /// Another connection held the database for too long; nothing was done.
    case busy
    /// The read took longer than it may, or kept the write-ahead log from beginning anew.
    case readTooLong
    /// The snapshot kept the write-ahead log for too long and was ended.
    case snapshotExpired
    /// A rule of the schema was violated; nothing of this request was done.
    case constraint(kind: ConstraintKind, message: String)
    /// The same idempotency key came with another request.
    case idempotencyConflict
    /// A cursor would not advance: these entries were applied already.
    case cursorBehind(source: String)
    /// The row lacks a column that the code asked for.
    case missingColumn(String)
    /// The column's value has another type than the code asked for.
    case wrongType(column: String, wanted: String)
    /// The number of values does not fit the statement's parameters.
    case wrongParameters(wanted: Int, given: Int)
    /// The transaction around this statement has ended before (after a full disk or an I/O error); nothing was done.
    case transactionEnded
    /// Whether the transaction was committed is unknown: send it again with the same key.
    case outcomeUnknown(code: Int32, message: String)
    /// Reading or writing failed before the commit; nothing was done. `code` is SQLite's extended code, or the system's errno for files.
    case io(code: Int32, message: String)
    /// No such blob or upload.
    case noSuchBlob(String)
    /// A chunk of an upload does not continue it; the next byte wanted is `expected`.
    case wrongOffset(expected: Int64)
    /// The upload would exceed its limit, in bytes.
    case tooLarge(limit: Int64)
    /// Any other refusal by the database: faulty SQL, a corrupt file. `code` is SQLite's extended code.
    case database(code: Int32, message: String)
}

/// Which rule of a schema was violated.
public enum ConstraintKind: Sendable, Hashable {
    case unique, foreignKey, check, notNull, dataType, other
}
