import Model

extension TraceItem {
    static let headings = ["TIME", "SERVICE", "FROM", "WHAT", "TICKET", "DETAIL"]

    /// One row of the table.
    var row: [String] {
        let time = Instant(milliseconds: atMilliseconds).description
        switch source {
        case .journal(let entry):
            var details = (entry.body?.facts ?? []).map { "\($0.key)=\($0.value)" }
            if let cause = entry.cause { details.append("because of \(cause.service):\(cause.offset)") }
            return [
                time, service, "journal:\(entry.offset)", entry.body?.kind ?? "(unknown kind)",
                Self.number(entry.ticketID), details.joined(separator: " "),
            ]
        case .log(let line):
            let details = line.fields.filter { $0.name != "ticket.id" }.map { member in
                "\(member.name)=\(member.value.string ?? JSONWriter.text(of: member.value))"
            }
            return [
                time, service, "log:\(line.level)", line.message, Self.number(line.ticketID),
                details.joined(separator: " "),
            ]
        }
    }

    var json: JSONValue {
        switch source {
        case .journal(let entry): json(entry)
        case .log(let line): json(line)
        }
    }

    private func json(_ entry: JournalEntry) -> JSONValue {
        var json = head("journal")
        json["offset"] = .integer(entry.offset)
        json["term"] = .integer(entry.term)
        json["kind"] = .string(entry.body?.kind ?? "")
        if entry.ticketID != 0 { json["ticket_id"] = .integer(entry.ticketID) }
        if let cause = entry.cause { json["cause"] = .string("\(cause.service):\(cause.term):\(cause.offset)") }
        json["hops"] = .integer(Int64(entry.hops))
        json["trace_parent"] = .string(entry.traceParent)
        json["facts"] = .object(
            (entry.body?.facts ?? []).map { JSONMember(name: $0.key, value: .string($0.value)) })
        return json
    }

    private func json(_ line: TraceLogLine) -> JSONValue {
        var json = head("log")
        json["level"] = .string(line.level)
        json["message"] = .string(line.message)
        if let id = line.traceID { json["trace_id"] = .string(id) }
        json["fields"] = .object(line.fields)
        return json
    }

    private func head(_ source: String) -> JSONValue {
        [
            "at": .string(Instant(milliseconds: atMilliseconds).description), "service": .string(service),
            "source": .string(source),
        ]
    }

    private static func number(_ id: Int64) -> String { id == 0 ? "" : String(id) }
}
