import FoundationEssentials

/// Whether every service would start with its settings, and whether something of the operator's was left half done.
struct SettingsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var versions: Set<String> = []
        for service in context.services {
            switch context.described[service.name] {
            case .fine(let program): versions.insert(program.version)
            case .refused(let said, let code):
                findings.append(
                    Finding(
                        .error, "settings_refused", service: service.name,
                        "it would not start (exit code \(code)): \(said)",
                        advice: "correct the setting that it names; `firstline-\(service.name) --help` lists them all"))
            case .absent, nil:
                findings.append(
                    Finding(
                        .note, "program_absent", service: service.name,
                        "there is no firstline-\(service.name) beside this firstline: its settings and schema are not compared",
                        advice: "run the doctor where the service's program is, as in its container"))
            }
        }
        if versions.count > 1 {
            findings.append(
                Finding(
                    .warning, "versions_differ",
                    "the programs are of different versions: \(versions.sorted().joined(separator: ", "))",
                    advice: "finish the upgrade: install the same version of all of them"))
        }
        // A machine that has one service of many has not the authority's key.
        let absent = PortPlan.services.filter { name in !context.services.contains { $0.name == name } }
        if !context.services.isEmpty, !absent.isEmpty, !context.isApart,
            FileStatus(context.installation.key("ca")) != nil
        {
            findings.append(
                Finding(
                    .error, "service_absent",
                    "there is no folder of \(absent.joined(separator: ", ")) in \(context.installation.folder)",
                    advice:
                        "if its folder stands elsewhere, name it by --folder, or run the doctor there too; else restore all services from the same backup"
                ))
        }
        findings += leftovers(context)
        let version = versions.sorted().joined(separator: ", ")
        return CheckReport(
            "settings", .settings,
            "\(context.services.count) services\(version.isEmpty ? "" : " of version \(version)")"
                + (context.isRunning ? ", running" : ", stopped"), findings)
    }

    private func leftovers(_ context: DoctorContext) -> [Finding] {
        let folder = context.installation.folder
        var findings: [Finding] = []
        if FileManager.default.fileExists(atPath: context.installation.unfinishedRestore) {
            findings.append(
                Finding(
                    .error, "restore_unfinished", "a restore was not finished, and nothing starts before it is",
                    advice: "run the same `firstline restore` again"))
        }
        let aside = Folders.names(folder).filter { $0.hasPrefix("replaced-") }
        if !aside.isEmpty {
            findings.append(
                Finding(
                    .note, "replaced_data",
                    "data that a restore has replaced is still here: \(aside.joined(separator: ", "))",
                    advice: "remove it from \(folder) once the restored help desk has proved good"))
        }
        if context.system == nil, context.listed == nil, FileManager.default.fileExists(atPath: folder + "/run.json") {
            findings.append(
                Finding(
                    .note, "run_file_stale", "run.json names a `firstline up` that has ended without a word",
                    advice: "nothing: the next start writes it anew; if it was killed, look why (out of memory?)"))
        }
        for service in context.services
        where service.process == nil
            && FileManager.default.fileExists(atPath: service.path + "/migration.unfinished")
        {
            findings.append(
                Finding(
                    .warning, "migration_unfinished", service: service.name,
                    "an upgrade of its store was cut short",
                    advice:
                        "start it again, which goes on where it stopped; or go back: put the newest before-migration-….sqlite in the place of "
                        + "store.sqlite, remove store.sqlite-wal and -shm, and start the older version"))
        }
        return findings
    }
}
