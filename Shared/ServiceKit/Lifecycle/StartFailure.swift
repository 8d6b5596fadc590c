import NIOCore
import RPC
import Store

/// What a failure that ends the process says, and with which code of sysexits.h.
struct StartFailure {
    let text: String
    let exitCode: Int32

    init(_ error: any Error) {
        switch error {
        case let error as ConfigError: (text, exitCode) = (error.description, error.exitCode.rawValue)
        case let error as TLSError: (text, exitCode) = ("\(error)", 78)
        case StoreError.inUse(let folder): (text, exitCode) = ("\(folder) is in use by another process", 75)
        case StoreError.newerSchema(let migration):
            (text, exitCode) = ("the store was written by a newer version (it has \(migration))", 65)
        case StoreError.otherService(let name): (text, exitCode) = ("the folder belongs to \(name)", 78)
        case StoreError.unfinishedMove:
            (text, exitCode) = ("the store holds an unfinished move from another; finish that, or remove the store", 78)
        case let refusal as MoveRefusal: (text, exitCode) = (refusal.description, refusal.exitCode)
        case StoreError.full: (text, exitCode) = ("no space left on the device", 75)
        case let error as StoreError: (text, exitCode) = ("the store cannot be opened: \(error)", 74)
        case let error as ListenError: (text, exitCode) = (error.description, 69)
        case let error as IOError: (text, exitCode) = ("\(error)", 69)
        default: (text, exitCode) = ("\(error)", 70)
        }
    }
}
