import HTTPTypes
import Synchronization

/// How many bytes of bodies are held in memory at once: so many in all, and a share of them for one party.
final class BodyRoom: Sendable {
    static let bytes = 400 * 1_024 * 1_024
    static let bytesOfOne = 100 * 1_024 * 1_024

    private struct Held {
        var all = 0
        var of: [String: Int] = [:]
    }

    private let held = Mutex(Held())

    /// Runs `work` with so many bytes set aside for the party; 429 when its share is used up, 503 when all is.
    func holding<Result: Sendable>(
        _ count: Int, for owner: String, _ work: () async throws -> Result
    ) async throws -> Result {
        guard count > 0 else { return try await work() }
        try enter(count, owner)
        defer { leave(count, owner) }
        return try await work()
    }

    private func enter(_ count: Int, _ owner: String) throws {
        try held.withLock { held in
            let own = held.of[owner, default: 0] + count
            guard own <= Self.bytesOfOne else {
                throw Problem(
                    .tooManyRequests, "rate_limited", "You send too much at once.", headers: [.retryAfter: "1"])
            }
            guard held.all + count <= Self.bytes else {
                throw Problem(
                    .serviceUnavailable, "overloaded", "Too much is sent at once.", headers: [.retryAfter: "1"])
            }
            held.all += count
            held.of[owner] = own
        }
    }

    private func leave(_ count: Int, _ owner: String) {
        held.withLock { held in
            held.all -= count
            let rest = held.of[owner, default: 0] - count
            held.of[owner] = rest > 0 ? rest : nil
        }
    }

    /// The most that a request's body may come to, before any of it is read.
    static func expected(_ http: HTTPCall, limit: Int) -> Int {
        guard http.method != .get, http.method != .head else { return 0 }
        guard let length = http.headers[.contentLength].flatMap({ Int($0) }), length >= 0 else { return limit }
        return min(length, limit)
    }
}
