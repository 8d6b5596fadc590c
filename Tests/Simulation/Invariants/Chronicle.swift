import Model
import Store

@testable import ServiceKit

/// Every entry that was ever committed to any journal, and how far each service has come with the others'.
struct Chronicle {
    private(set) var rows: [String: [JournalRow]] = [:]
    private(set) var entries: [String: [JournalEntry]] = [:]
    /// The offset applied last, by follower and source.
    private(set) var cursors: [String: [String: Int64]] = [:]

    func journal(_ service: String) -> [JournalEntry] { entries[service] ?? [] }

    func cursor(of follower: String, in source: String) -> Int64 { cursors[follower]?[source] ?? 0 }

    /// The entry at a place; nil when there never was one.
    func entry(_ place: Place) -> JournalEntry? {
        let journal = journal(place.service)
        guard place.offset >= 1, place.offset <= journal.count else { return nil }
        let entry = journal[Int(place.offset) - 1]
        return entry.term == place.term ? entry : nil
    }

    /// What a follower has newly applied of a source since `old`.
    func applied(by follower: String, of source: String, since old: Int64) -> ArraySlice<JournalEntry> {
        let now = cursor(of: follower, in: source)
        return old < now ? journal(source)[Int(old)..<Int(now)] : []
    }

    /// Reads what is new in a service's journal: gapless, in order of time, and consistent with the store's own counters.
    mutating func extend(_ service: String, _ reader: Reader) throws -> [JournalEntry] {
        var known = rows[service] ?? []
        let news = try reader.entries(after: Int64(known.count), limit: .max)
        for row in news {
            guard row.offset == known.count + 1 else {
                throw Violated("offsets are gapless", "\(service) has \(row.offset) after \(known.count)")
            }
            if let last = known.last {
                guard row.atMilliseconds >= last.atMilliseconds, row.term >= last.term else {
                    throw Violated("a journal's time never runs back", "\(service):\(row.offset)")
                }
            }
            known.append(row)
        }
        rows[service] = known
        let meta = try reader.row("SELECT journal_head FROM store_meta")
        guard try meta?.int("journal_head") == Int64(known.count) else {
            throw Violated("offsets are gapless", "\(service)'s head differs from its newest entry")
        }
        let decoded = try news.map { try JournalEntry($0) }
        entries[service, default: []] += decoded
        return decoded
    }

    /// What was committed before a crash is there after it, to the byte.
    func checkSurvival(_ service: String, _ reader: Reader) throws {
        let known = rows[service] ?? []
        let found = try reader.entries(after: 0, limit: known.count)
        guard found == known else {
            throw Violated(
                "what was committed survives a crash", "\(service) had \(known.count) entries and has \(found.count)")
        }
        for cursor in try reader.cursors() where cursor.offset < self.cursor(of: service, in: cursor.source) {
            throw Violated("what was committed survives a crash", "\(service)'s place in \(cursor.source) fell back")
        }
    }

    /// A place in another's journal moves forward, and never beyond its end.
    mutating func readCursors(_ service: String, _ reader: Reader) throws {
        for cursor in try reader.cursors() {
            let old = self.cursor(of: service, in: cursor.source)
            guard cursor.offset >= old else {
                throw Violated("cursors move forward", "\(service) in \(cursor.source): \(old), then \(cursor.offset)")
            }
            guard cursor.offset <= journal(cursor.source).count else {
                throw Violated(
                    "cursors never pass the head",
                    "\(service) is at \(cursor.offset) of \(journal(cursor.source).count) in \(cursor.source)")
            }
            cursors[service, default: [:]][cursor.source] = cursor.offset
        }
    }
}
