import GRDB
import GRDBSQLite

extension StoreError {
    /// The error for an extended result code of SQLite.
    init(code: Int32, message: String) {
        switch code & 0xFF {
        case SQLITE_FULL: self = .full
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_INTERRUPT: self = .readTooLong
        case SQLITE_IOERR: self = .io(code: code, message: message)
        case SQLITE_CONSTRAINT: self = .constraint(kind: ConstraintKind(code: code), message: message)
        default: self = .database(code: code, message: message)
        }
    }

    /// The store's error for whatever GRDB threw; other errors stay as they are.
    static func translate(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StoreError(code: error.extendedResultCode.rawValue, message: error.message ?? "")
    }

    /// Whether what was to be made durable may be lost: then the process must not go on.
    var isFailedSync: Bool {
        guard case .io(let code, _) = self else { return false }
        return code == SQLITE_IOERR | (4 << 8) || code == SQLITE_IOERR | (5 << 8)  // IOERR_FSYNC, IOERR_DIR_FSYNC
    }
}

extension ConstraintKind {
    fileprivate init(code: Int32) {
        switch code >> 8 {
        case 1: self = .check
        case 3: self = .foreignKey
        case 5: self = .notNull
        case 6, 8, 10: self = .unique  // primary key, unique, rowid
        case 12: self = .dataType
        default: self = .other
        }
    }
}
