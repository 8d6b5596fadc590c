import Store

/// Whether each store is whole, by its engine's own check.
struct StoresCheck: DoctorCheck {
    /// Above this the write-ahead log has outgrown its bound.
    static let longestLogBytes: Int64 = 300 << 20

    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        for service in context.services {
            if let store = context.stores[service.name] {
                findings += Self.findings(service, store)
                if store.database != nil {
                    findings += Self.left(service)
                    continue
                }
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
                        .warning, "store_elsewhere", service: service.name,
                        "its store is in \(program.store), and its program does not tell where",
                        advice: "install the same version of all programs"))
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
        return CheckReport("stores", .data, "\(context.stores.count) whole: \(Self.depth(context))", findings)
    }

    /// What was looked at: a PostgreSQL server checks its pages by itself, as it reads them.
    private static func depth(_ context: DoctorContext) -> String {
        let stores = context.stores.values
        var parts: [String] = []
        if stores.isEmpty || stores.contains(where: { $0.database == nil }) {
            parts.append(context.isThorough ? "every page, index and reference" : "every page and reference")
        }
        if stores.contains(where: { $0.database != nil }) {
            let comparesIndices = context.isThorough && stores.allSatisfy { $0.database?.lacksIndexCheck != true }
            parts.append("by the server's catalogue and checksums" + (comparesIndices ? ", every index" : ""))
        }
        return parts.joined(separator: "; ")
    }

    static func findings(_ service: ServiceFolder, _ store: StoreAnswers) -> [Finding] {
        var findings: [Finding] = []
        if let move = store.facts?.move { findings.append(unfinished(service, store, move)) }
        if let database = store.database {
            if let finding = Self.unanswered(service, store, database) { findings.append(finding) }
        } else if let problem = store.problem {
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
            let advice =
                store.database.map { databaseCure($0, first) } ?? (isIndexAlone ? indexCure(service) : cure(service))
            findings.append(
                Finding(
                    .error, "store_damaged", service: service.name,
                    "its store is damaged: \(first.split(whereSeparator: \.isNewline).joined(separator: " "))\(more)",
                    advice: advice))
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

    /// What a PostgreSQL store says that cannot be read; nil when it can.
    private static func unanswered(
        _ service: ServiceFolder, _ store: StoreAnswers, _ database: DatabaseAnswers
    ) -> Finding? {
        // A server that does not answer is told of once, by the look at the database.
        guard !database.isUnreachable else { return nil }
        if let problem = store.problem {
            return Finding(
                .error, "store_refused", service: service.name,
                "its store in schema \(database.schema) cannot be read: \(problem)",
                advice:
                    "see that the role may use the database and the schema (GRANT), and that nothing in it was changed by hand"
            )
        }
        guard !database.hasStore else { return nil }
        let isRunning = service.process != nil
        return Finding(
            isRunning ? .error : .note, "store_absent", service: service.name,
            "there is no store in schema \(database.schema)\(isRunning ? ", though the service runs" : " yet")",
            advice: isRunning
                ? "if somebody dropped it, restore all services from the same backup; else see which database --store names"
                : "its first start makes it, or `firstline migrate-store` fills it from SQLite")
    }

    /// Nobody may serve it; its old store is as it was.
    private static func unfinished(_ service: ServiceFolder, _ store: StoreAnswers, _ move: UnfinishedMove) -> Finding {
        let (place, again, back) =
            store.database.map { database in
                (
                    "schema \(database.schema)", "--to URL",
                    "give the service its old setting again (no --store) and remove the schema: DROP SCHEMA \"\(database.schema)\" CASCADE"
                )
            } ?? (
                service.path, "--from URL",
                "give the service its old --store again and remove store.sqlite, store.sqlite-wal and store.sqlite-shm from \(service.path)"
            )
        return Finding(
            .error, "move_unfinished", service: service.name,
            "the move of its store to \(place) (up to \(move.sourceTerm):\(move.sourceHead) of the old one) was not finished, and it is served by nobody",
            advice:
                "run the same `firstline migrate-store \(again)` again, with all services stopped: it goes on where it stopped. Or go back: \(back). "
                + "The old store is as it was")
    }

    /// The file from which a store was moved to PostgreSQL.
    private static func left(_ service: ServiceFolder) -> [Finding] {
        guard service.hasStore else { return [] }
        return [
            Finding(
                .note, "store_left", service: service.name,
                "its store is in PostgreSQL, and \(service.path)/store.sqlite of before is still here",
                advice:
                    "remove store.sqlite, store.sqlite-wal and store.sqlite-shm once the new store has proved good and a backup of it exists"
            )
        ]
    }

    private static func databaseCure(_ database: DatabaseAnswers, _ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        if words.first == "index", words.count > 1 {
            let name = words[1].filter { $0 != ":" }
            return
                "the rows are there, only an index is wrong: REINDEX INDEX \"\(database.schema)\".\"\(name)\". Then see the server's log and its disks"
        }
        if words.first == "constraint", words.count > 3 {
            return
                "ALTER TABLE \"\(database.schema)\".\"\(words[3])\" VALIDATE CONSTRAINT \"\(words[1])\"; what it then names was changed by hand"
        }
        return
            "fail over to a standby that is whole, or stop everything and restore all services from the newest good backup (`firstline restore DIR --replace`); "
            + "then replace the server's disk"
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
