import Model

/// One thing that happened: a fact in a service's journal, or what a service said in its log.
struct TraceItem: Sendable {
    enum Source: Sendable {
        case journal(JournalEntry)
        case log(TraceLogLine)
    }

    var service: String
    var source: Source

    var atMilliseconds: Int64 {
        switch source {
        case .journal(let entry): entry.atMilliseconds
        case .log(let line): line.atMilliseconds
        }
    }

    /// In order of time. Within a millisecond, a fact comes after the facts that led to it, and before what was said of it.
    static func ordered(_ items: [TraceItem]) -> [TraceItem] {
        let keyed = items.enumerated().map { (key: $1.key(position: $0), item: $1) }
        return keyed.sorted { $0.key < $1.key }.map(\.item)
    }

    private struct Key: Comparable {
        var atMilliseconds: Int64
        var isLog: Int64
        var hops: Int64
        var service: String
        /// In the service's journal, or among the lines as they were read.
        var offset: Int64

        static func < (one: Key, other: Key) -> Bool {
            (one.atMilliseconds, one.isLog, one.hops, one.service, one.offset)
                < (other.atMilliseconds, other.isLog, other.hops, other.service, other.offset)
        }
    }

    private func key(position: Int) -> Key {
        switch source {
        case .journal(let entry):
            Key(
                atMilliseconds: entry.atMilliseconds, isLog: 0, hops: Int64(entry.hops), service: service,
                offset: entry.offset)
        case .log(let line):
            Key(atMilliseconds: line.atMilliseconds, isLog: 1, hops: 0, service: "", offset: Int64(position))
        }
    }
}
