import ArgumentParser
import FoundationEssentials
import Model

/// `firstline trace ID`: everything that belongs to one trace, in order of time.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Shows the way of one mail or request through all services.",
        discussion: """
            ID is a trace id (32 hexadecimal digits) or a whole traceparent, as log lines (trace_id), HTTP answers (traceparent) and \
            outgoing mail (Traceparent) carry it. The journals of the running system are read, and its log where that is a file; --logs \
            names others instead, as `journalctl -u firstline -o cat | firstline trace ID --logs -`.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Argument(help: "The trace's id.") var id: String?
    @Option(help: ArgumentHelp("Everything about a ticket instead, on whichever trace.", valueName: "n"))
    var ticket: Int64?
    @Option(
        name: .customLong("logs"), parsing: .upToNextOption,
        help: ArgumentHelp("Logs to read, JSON lines; - is standard input.", valueName: "file"))
    var logs: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (id == nil) != (ticket == nil) else {
            throw ValidationError("name a trace, or a ticket by --ticket: one of the two")
        }
    }

    func run() async throws {
        try await Failures.reported {
            let collection = TraceCollection(TraceQuery(try subject()))
            let installation = dataOption.installation(firstline)
            var files = logs
            do {
                let system = try installation.runningSystem()
                if files.isEmpty { files = [system.log].compactMap(\.self).filter(FileManager.default.fileExists) }
                try await SystemClients.with(system, installation) { clients in
                    try await collection.readJournals(of: system.services.map(\.name), clients)
                }
            } catch let failure as CommandFailure where failure.status == ExitStatus.unavailable && !logs.isEmpty {
                Terminal.complain("\(failure.message); only the logs are read")
            }
            for file in files { try await collection.read(log: file) }
            try await show(collection)
        }
    }

    private func subject() throws -> TraceQuery.Subject {
        if let ticket {
            guard ticket > 0 else { throw CommandFailure("--ticket: \(ticket) is no ticket", ExitStatus.usage) }
            return .ticket(ticket)
        }
        guard let id, let traceID = TraceQuery.traceID(id) else {
            throw CommandFailure(
                "\(id ?? "") is no trace: neither 32 hexadecimal digits nor a traceparent", ExitStatus.usage)
        }
        return .trace(traceID)
    }

    private func show(_ collection: TraceCollection) async throws {
        let items = TraceItem.ordered(await collection.items)
        let missing = await collection.missing
        if !items.isEmpty {
            if json {
                Terminal.print(JSONWriter.text(of: await answer(items, collection.query.traceIDs)))
            } else {
                Terminal.table(TraceItem.headings, items.map(\.row))
            }
        }
        guard missing.isEmpty else { throw ExitStatus.unavailable }
        guard !items.isEmpty else {
            throw CommandFailure(
                ticket.map { "nothing is known of ticket \($0)" } ?? "nothing belongs to trace \(id ?? "")",
                ExitStatus.dataError)
        }
    }

    private func answer(_ items: [TraceItem], _ traceIDs: Set<String>) -> JSONValue {
        [
            "trace_ids": .array(traceIDs.sorted().map(JSONValue.string)),
            "items": .array(items.map(\.json)),
        ]
    }
}
