/// Whether each store is whole, by its engine's own check.
struct StoresCheck: DoctorCheck {
    /// Above this the write-ahead log has outgrown its bound.
    static let longestLogBytes: Int64 = 300 << 20

    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        for service in context.services {
            if let store = context.stores[service.name] {
                findings += Self.findings(service, store)
                let log = FileStatus(service.path + "/store.sqlite-wal")?.size ?? 0
                if log > Self.longestLogBytes {
                    findings.append(
                        Finding(
                            .warning, "log_long", service: service.name,
                            "its write-ahead log has \(ByteCount.text(log)): something keeps it from beginning anew",
                            advice: "end whoever else has \(service.path)/store.sqlite open (a shell, a copy by hand)"))
                }
            } else if case .fine(let program) = context.described[service.name], program.store != "sqlite" {
                findings.append(
                    Finding(
                        .note, "store_elsewhere", service: service.name,
                        "its store is in \(program.store), which is not looked into",
                        advice: "look after it with that database's own tools"))
            } else if !service.hasStore, service.process != nil {
                findings.append(
                    Finding(
                        .error, "store_missing", service: service.name,
                        "it runs, and \(service.path)/store.sqlite is not there: somebody removed it",
                        advice:
                            "do not stop the service: take `firstline backup` at once, which copies what it still has open; then restore that"
                    ))
            }
        }
        let depth = context.isThorough ? "every page, index and reference" : "every page and reference"
        return CheckReport("stores", .data, "\(context.stores.count) whole: \(depth)", findings)
    }

    static func findings(_ service: ServiceFolder, _ store: StoreAnswers) -> [Finding] {
        var findings: [Finding] = []
        if let problem = store.problem {
            findings.append(
                Finding(
                    .error, "store_unreadable", service: service.name, "its store cannot be read: \(problem)",
                    advice: cure(service)))
        }
        if let damage = store.damage, let first = damage.first {
            let isIndexAlone = damage.allSatisfy {
                $0.contains(" missing from index ") || $0.hasPrefix("wrong # of entries in index ")
            }
            let more = damage.count > 1 ? " (and \(damage.count - 1) more)" : ""
            findings.append(
                Finding(
                    .error, "store_damaged", service: service.name,
                    "its store is damaged: \(first.split(whereSeparator: \.isNewline).joined(separator: " "))\(more)",
                    advice: isIndexAlone ? indexCure(service) : cure(service)))
        }
        if let unchecked = store.unchecked {
            findings.append(
                Finding(
                    .warning, "store_unchecked", service: service.name,
                    "the look at its store did not come to its end: \(unchecked)",
                    advice: "repeat it when there is less to do, or with the service stopped, or on a restored backup"))
        }
        return findings
    }

    private static func indexCure(_ service: ServiceFolder) -> String {
        "the rows are there, only an index is wrong: stop the service, copy \(service.path) aside, run `sqlite3 \(service.path)/store.sqlite "
            + "REINDEX`, and look again with --deep. Then look for I/O errors in dmesg: disks and memory damage stores, not programs"
    }

    private static func cure(_ service: ServiceFolder) -> String {
        "stop everything, copy \(service.path) aside, and restore all services from the newest good backup (`firstline restore DIR --replace`); "
            + "what came after it may be read out of the copy by `sqlite3 store.sqlite .recover`. Then look for I/O errors in dmesg: disks and memory damage stores, not programs"
    }
}
