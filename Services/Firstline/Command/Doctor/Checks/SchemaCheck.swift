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
                        "the store in \(place(service, context)) is that of \(facts.service)",
                        advice: "give each service the store of its own again"))
                continue
            }
            guard case .fine(let program) = context.described[service.name] else { continue }
            if context.stores[service.name]?.database != nil {
                findings += Self.findings(service.name, program, facts, storeBytes: nil, freeBytes: .max)
            } else {
                findings += Self.findings(
                    service.name, program, facts, storeBytes: FileStatus(service.path + "/store.sqlite")?.size ?? 0,
                    freeBytes: FileSystem(service.path)?.freeBytes ?? .max)
            }
        }
        return CheckReport("schema", .data, versions.joined(separator: ", "), findings)
    }

    private func place(_ service: ServiceFolder, _ context: DoctorContext) -> String {
        context.stores[service.name]?.database.map { "schema \($0.schema)" } ?? service.path
    }

    /// - Parameters:
    ///   - storeBytes: what a copy of the store takes; nil where none is made, which is in PostgreSQL.
    ///   - freeBytes: what there is for it.
    static func findings(
        _ service: String, _ program: ServiceProgram.Facts, _ facts: StoreFacts, storeBytes: Int64?, freeBytes: Int64
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
                            "install the newer version again; or go back to a backup\(storeBytes == nil ? "" : ", or before-migration-….sqlite,") of the older one"
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
        var text = "\(pending) migration\(pending == 1 ? "" : "s") will run at its next start"
        if let storeBytes { text += ", after a copy of \(ByteCount.text(storeBytes)) is made" }
        if let storeBytes, freeBytes <= storeBytes + storeBytes / 4 {
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
