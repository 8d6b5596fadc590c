import Glibc
import Model
import Wire

/// Gathers what belongs to a query: from the journals of a running system, then from logs.
actor TraceCollection {
    private(set) var query: TraceQuery
    private(set) var items: [TraceItem] = []
    /// Journals that could not be read.
    private(set) var missing: [String] = []

    init(_ query: TraceQuery) {
        self.query = query
    }

    /// Reads every service's journal; one that does not answer is told on standard error and noted.
    func readJournals(of services: [String], _ clients: SystemClients) async throws {
        for service in services {
            Terminal.progress("reading the journal of \(service)")
            let scan = JournalScan(client: JournalClient(try clients.channel(service)))
            do {
                try await scan.run { await self.take($0, service) }
            } catch let error as RPCError {
                Terminal.complain("the journal of \(service) cannot be read: \(error.message)")
                missing.append(service)
            }
        }
    }

    private func take(_ entry: JournalEntry, _ service: String) {
        guard query.wants(entry) else { return }
        query.found(entry)
        items.append(TraceItem(service: service, source: .journal(entry)))
    }

    /// Reads a log whose journals have been read before.
    func read(log path: String) throws {
        if path != "-" { Terminal.progress("reading \(path)") }
        let marks = query.marks.map { Array($0.utf8) }
        try LogFile(path: path).forEachLine { bytes in
            // Few lines are wanted: only those are parsed.
            guard !bytes.isEmpty, marks.contains(where: { Self.holds(bytes, $0) }) else { return }
            guard let line = TraceLogLine(bytes), query.wants(line) else { return }
            items.append(TraceItem(service: line.service, source: .log(line)))
        }
    }

    /// Whether a text stands in a line.
    private static func holds(_ line: [UInt8], _ mark: [UInt8]) -> Bool {
        line.withUnsafeBytes { line in
            var start = 0
            while start + mark.count <= line.count,
                let found = memchr(line.baseAddress! + start, Int32(mark[0]), line.count - mark.count + 1 - start)
            {
                if memcmp(found, mark, mark.count) == 0 { return true }
                start = line.baseAddress!.distance(to: UnsafeRawPointer(found)) + 1
            }
            return false
        }
    }
}
