import Glibc
import Store

/// A folder that was restored from a backup carries a mark until its service has begun a new term.
///
/// A crash in between begins one term more, which does no harm: a term only has to be new.
enum Restoration {
    /// The mark's name in the service's folder. The operator's `firstline restore` makes it.
    static let mark = "restored"

    /// Begins a new term when the folder is marked. Returns it; nil when the store goes on with its old life.
    @discardableResult
    static func finish(_ store: Store, folder: String) async throws -> Int64? {
        let path = "\(folder)/\(mark)"
        guard access(path, F_OK) == 0 else { return nil }
        let term = try await store.beginTerm()
        guard unlink(path) == 0 else {
            throw StoreError.io(code: errno, message: "remove \(path): \(String(cString: strerror(errno)))")
        }
        return term
    }
}
