import Synchronization

/// When the last use of a token was last tried to be written down: on a full disk every request would try again otherwise.
///
/// `Mutex` makes it safe to share.
final class TokenUses: Sendable {
    /// No token's use is tried to be written down more often than this, whatever came of it.
    static let pauseMilliseconds: Int64 = 60_000
    /// More tokens are not kept in mind: then all are forgotten, and each is tried once more.
    static let mostTokens = 10_000

    private let tries = Mutex<[Int64: Int64]>([:])

    /// Whether to try now; whoever is told yes does.
    func begin(_ tokenID: Int64, at nowMilliseconds: Int64) -> Bool {
        tries.withLock { tries in
            // The wall clock may have been set back.
            if let last = tries[tokenID], (0..<Self.pauseMilliseconds).contains(nowMilliseconds - last) { return false }
            if tries.count >= Self.mostTokens { tries = [:] }
            tries[tokenID] = nowMilliseconds
            return true
        }
    }
}
