import Model

/// A line of a service's log, as one JSON object.
struct TraceLogLine: Sendable, Hashable {
    var atMilliseconds: Int64
    var service: String
    var level: String
    var message: String
    var traceID: String?
    /// The rest, in the line's order.
    var fields: [JSONMember]

    private static let named: Set<String> = ["ts", "service", "level", "message", "trace_id"]

    /// Nil for what is no such line: a supervisor's words, a line cut short.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == UInt8(ascii: "{"), let json = try? JSONParser.value(of: bytes),
            let instant = json["ts"]?.string.flatMap({ Instant($0) }), let service = json["service"]?.string,
            let message = json["message"]?.string
        else { return nil }
        atMilliseconds = instant.milliseconds
        self.service = service
        self.message = message
        level = json["level"]?.string ?? ""
        traceID = json["trace_id"]?.string
        fields = (json.members ?? []).filter { !Self.named.contains($0.name) }
    }

    /// 0 when it names none.
    var ticketID: Int64 {
        let value = fields.first { $0.name == "ticket.id" }?.value
        return value?.integer ?? value?.string.flatMap { Int64($0) } ?? 0
    }
}
