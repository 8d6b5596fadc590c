import Model
import Testing

@testable import FirstlineCommand

@Suite("The trace command")
struct TraceTests {
    private static let id = "0af7651916cd43dd8448eb211c80319c"
    private static let traceParent = "00-\(id)-b7ad6b7169203331-01"

    private func entry(
        _ offset: Int64, at milliseconds: Int64, hops: Int32 = 0, ticket: Int64 = 0, trace: String = traceParent
    ) -> JournalEntry {
        JournalEntry(
            offset: offset, term: 1, atMilliseconds: milliseconds, hops: hops, ticketID: ticket, traceParent: trace,
            body: .ticketChanged(TicketChanged()))
    }

    private func line(_ text: String) throws -> TraceLogLine { try #require(TraceLogLine(Array(text.utf8))) }

    @Test("A trace is named by its id or by a whole traceparent, in either case of letters")
    func names() {
        #expect(TraceQuery.traceID(Self.id) == Self.id)
        #expect(TraceQuery.traceID(Self.id.uppercased()) == Self.id)
        #expect(TraceQuery.traceID(Self.traceParent) == Self.id)
        let zeros = String(repeating: "0", count: 32)
        for text in ["", "7", String(Self.id.dropLast()), Self.id + "0", zeros, "x" + Self.id] {
            #expect(TraceQuery.traceID(text) == nil)
        }
    }

    @Test("A trace holds its own entries and lines, and nobody else's")
    func trace() throws {
        let query = TraceQuery(.trace(Self.id))
        #expect(query.wants(entry(1, at: 0)))
        #expect(!query.wants(entry(1, at: 0, trace: "")))
        #expect(!query.wants(entry(1, at: 0, trace: "00-1\(Self.id.dropFirst())-b7ad6b7169203331-01")))
        let own = #"{"ts":"2026-01-05T09:00:00.000Z","service":"a","message":"m","trace_id":"\#(Self.id)"}"#
        #expect(query.wants(try line(own)))
        #expect(!query.wants(try line(#"{"ts":"2026-01-05T09:00:00.000Z","service":"a","message":"m"}"#)))
    }

    @Test("A ticket holds its entries on every trace, and the lines of those traces")
    func ticket() throws {
        var query = TraceQuery(.ticket(7))
        let found = entry(1, at: 0, ticket: 7)
        #expect(query.wants(found) && !query.wants(entry(2, at: 0, ticket: 8)))
        let traced = try line(
            #"{"ts":"2026-01-05T09:00:00.000Z","service":"a","message":"m","trace_id":"\#(Self.id)"}"#)
        #expect(!query.wants(traced))
        query.found(found)
        #expect(query.wants(traced))
        let named = #"{"ts":"2026-01-05T09:00:00.000Z","service":"a","message":"m","ticket.id":"7"}"#
        #expect(query.wants(try line(named)))
        #expect(query.marks.contains { named.contains($0) })
        #expect(!query.wants(try line(named.replacing("\"7\"", with: "\"17\""))))
    }

    @Test(
        "What is no line of a service's log is passed over",
        arguments: ["", "firstline ready", "{", "[]", #"{"ts":"yesterday","service":"a","message":"m"}"#, #"{"ts":1}"#])
    func foreignLines(text: String) {
        #expect(TraceLogLine(Array(text.utf8)) == nil)
    }

    @Test("Items stand in order of time; within a millisecond causes come first, and words after facts")
    func order() throws {
        let words = try line(#"{"ts":"1970-01-01T00:00:00.005Z","service":"intake","message":"m"}"#)
        let items = [
            TraceItem(service: "intake", source: .log(words)),
            TraceItem(service: "gateway", source: .journal(entry(1, at: 5, hops: 2))),
            TraceItem(service: "routing", source: .journal(entry(4, at: 5, hops: 1))),
            TraceItem(service: "intake", source: .journal(entry(12, at: 5))),
            TraceItem(service: "intake", source: .journal(entry(11, at: 5))),
            TraceItem(service: "sla-timer", source: .journal(entry(9, at: 4, hops: 3))),
        ]
        let ordered = TraceItem.ordered(items)
        #expect(
            ordered.map { "\($0.service) \($0.row[2])" } == [
                "sla-timer journal:9", "intake journal:11", "intake journal:12", "routing journal:4",
                "gateway journal:1", "intake log:",
            ])
        #expect(ordered[0].json["at"]?.string == "1970-01-01T00:00:00.004Z")
        #expect(ordered[0].json["kind"]?.string == "TicketChanged")
    }
}
