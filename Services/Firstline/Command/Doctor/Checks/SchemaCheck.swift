import Store

/// Whether each store's schema is what its program knows.
struct SchemaCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var versions: [String] = []
        for service in context.services {
            guard let facts = context.stores[service.name]?.facts else { continue }
            versions.append("\(service.name) \(facts.schemaVersion)")
            if !facts.service.isEmpty, facts.service != service.name {
                findings.append(
                    Finding(
                        .error, "store_of_another", service: service.name,
                        "the store in \(service.path) is that of \(facts.service)",
                        advice: "put each store back into the folder of its own service"))
                continue
            }
            guard case .fine(let program) = context.described[service.name] else { continue }
            findings += Self.findings(
                service.name, program, facts, storeBytes: FileStatus(service.path + "/store.sqlite")?.size ?? 0,
                freeBytes: FileSystem(service.path)?.freeBytes ?? .max)
        }
        return CheckReport("schema", .data, versions.joined(separator: ", "), findings)
    }

    /// - Parameters:
    ///   - storeBytes: what a copy of the store takes.
    ///   - freeBytes: what there is for it.
    static func findings(
        _ service: String, _ program: ServiceProgram.Facts, _ facts: StoreFacts, storeBytes: Int64, freeBytes: Int64
    ) -> [Finding] {
        var pending = 0
        for (known, applied) in [
            (program.migrations.seam, facts.seamMigrations), (program.migrations.service, facts.serviceMigrations),
        ] {
            if let newer = applied.dropFirst(known.count).first {
                return [
                    Finding(
                        .error, "schema_newer", service: service,
                        "its store was written by a newer version (it has \"\(newer)\"), and \(program.version) refuses it",
                        advice:
                            "install the newer version again; or go back to a backup, or before-migration-….sqlite, of the older one"
                    )
                ]
            }
            if let (place, names) = zip(known, applied).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
                return [
                    Finding(
                        .error, "schema_other", service: service,
                        "migration \(place + 1) of its store is \"\(names.1)\", and \"\(names.0)\" in \(program.version)",
                        advice: "this is no released version's store: run the program that made it")
                ]
            }
            pending += known.count - applied.count
        }
        guard pending > 0 else { return [] }
        let text =
            "\(pending) migration\(pending == 1 ? "" : "s") will run at its next start, after a copy of \(ByteCount.text(storeBytes)) is made"
        guard freeBytes > storeBytes + storeBytes / 4 else {
            return [
                Finding(
                    .warning, "schema_no_room", service: service,
                    "\(text), for which there is no room: \(ByteCount.text(freeBytes)) are free",
                    advice: "make room before the upgrade; without it the service does not start")
            ]
        }
        return [
            Finding(
                .note, "schema_pending", service: service, text,
                advice: "take a backup of all services together before you start the new version")
        ]
    }
}
