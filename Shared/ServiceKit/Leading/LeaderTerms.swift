import Model
import Synchronization
import Wire

/// The highest term of leading that each service has called with. A call of an older one comes from an instance that leads no more, and
/// does not know it yet.
final class LeaderTerms: Sendable {
    private let highest = Mutex<[String: Int64]>([:])

    /// - Throws: FAILED_PRECONDITION, `stale_leader`.
    func check(_ metadata: Metadata, of service: String) throws {
        guard let text = metadata[Metadata.leaderTermKey] else { return }
        guard let term = Int64(text) else {
            throw RPCError(
                .invalidArgument, "the metadata \(Metadata.leaderTermKey) is not a number",
                detail: ErrorDetail(code: "invalid_metadata"))
        }
        let known = highest.withLock { highest in
            highest[service] = max(highest[service] ?? 0, term)
            return highest[service] ?? 0
        }
        guard term == known else {
            throw RPCError(
                .failedPrecondition, "\(service) is led in term \(known), not \(term)",
                detail: ErrorDetail(code: "stale_leader"))
        }
    }
}

extension Metadata {
    /// In which term of leading the calling service's instance leads.
    static let leaderTermKey = "leader-term"
}
