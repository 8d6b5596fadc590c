import Model

/// What a follower knows of its place in another's journal: events in, actions out, no clock and no network.
///
/// connecting → following → waiting → connecting …; a term that does not fit leads from anywhere to stopped, which is final.
struct FollowerState: Sendable, Hashable {
    enum Phase: String, Sendable {
        case connecting, following, waiting, stopped
    }

    /// What to do with a response.
    enum Reception: Sendable, Hashable {
        case apply([JournalEntry])
        case nothing
        /// The source broke the rules: end the stream and begin again at the cursor.
        case refuse(String)
    }

    /// What to do after a stream has ended.
    enum Next: Sendable, Hashable {
        case retry(after: Duration)
        case stop
    }

    let source: String
    private(set) var phase = Phase.connecting
    /// The entry applied last.
    private(set) var term: Int64 = 0
    private(set) var offset: Int64 = 0
    /// The newest entry of the source that we have heard of.
    private(set) var head: Int64 = 0
    /// Why the last stream ended; empty after a response.
    private(set) var problem = ""
    private var failures = 0

    static let firstWait: Duration = .milliseconds(50)
    static let longestWait: Duration = .seconds(1)

    init(source: String) {
        self.source = source
    }

    /// Entries that exist and are not applied yet, as far as we know.
    var lag: Int64 { max(0, head - offset) }

    /// A stream is to be opened, from the place that the store remembers.
    mutating func connect(term: Int64, offset: Int64, follower: String) -> FollowRequest {
        phase = .connecting
        self.term = term
        self.offset = offset
        return FollowRequest(follower: follower, term: term, afterOffset: offset)
    }

    /// A response has come. Entries that we have are passed over; a gap is refused.
    mutating func receive(_ response: FollowResponse) -> Reception {
        phase = .following
        failures = 0
        problem = ""
        head = max(response.head, offset)
        let fresh = response.entries.filter { $0.offset > offset }
        guard let last = fresh.last else { return .nothing }
        guard fresh.first?.offset == offset + 1, last.offset == offset + Int64(fresh.count),
            zip(fresh, fresh.dropFirst()).allSatisfy({ $0.offset < $1.offset && $0.term <= $1.term }),
            fresh[0].term >= term
        else { return .refuse("entries are missing after \(offset)") }
        head = max(head, last.offset)
        return .apply(fresh)
    }

    /// Entries up to here are committed with their effects.
    mutating func applied(term: Int64, offset: Int64) {
        self.term = term
        self.offset = offset
        head = max(head, offset)
    }

    /// The stream has ended.
    /// - Parameter jitter: from 0 to 1, random.
    mutating func disconnected(_ problem: String, isTermMismatch: Bool, jitter: Double) -> Next {
        self.problem = problem
        if isTermMismatch {
            phase = .stopped
            return .stop
        }
        phase = .waiting
        let factor = Double(1 << min(failures, 10))
        failures += 1
        let wait = min(FollowerState.firstWait * factor, FollowerState.longestWait)
        return .retry(after: wait * (0.5 + jitter / 2))
    }
}
