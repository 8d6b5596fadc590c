import FoundationEssentials
import Glibc
import Store

/// Runs every check on an installation.
struct Doctor: Sendable {
    let installation: Installation
    let ports: PlannedPorts
    let layout: ServiceLayout
    let isThorough: Bool

    static let checks: [any DoctorCheck] = [
        SettingsCheck(), CertificatesCheck(), PermissionsCheck(), PortsCheck(), ServicesCheck(), DiskCheck(),
        FoldersCheck(),
        ClockCheck(), DatabaseCheck(), LeadersCheck(), StoresCheck(), SchemaCheck(), JournalsCheck(), FollowersCheck(),
        BlobsCheck(), OutboxCheck(),
    ]

    /// - Parameter progress: told what is looked at.
    func diagnose(_ progress: @Sendable (String) -> Void) async throws -> Diagnosis {
        let folder = installation.folder
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
            throw CommandFailure("there is no folder \(folder); name the installation by --data", ExitStatus.noInput)
        }
        let services = ServiceFolder.all(PortPlan.services, in: installation, layout: layout)
        guard !services.isEmpty || FileManager.default.fileExists(atPath: installation.certificates) else {
            throw CommandFailure(
                "\(folder) is no installation: it has neither services nor certificates", ExitStatus.noInput)
        }
        let recorded = try? installation.runningSystem()
        let system = recorded.flatMap { Processes.isAlive($0.pid) ? $0 : nil }
        // Nobody supervises them all: the file was written by whoever laid out the certificates.
        let listed = recorded.flatMap { $0.pid == 0 ? $0 : nil }
        let programs = try UpCommand.folderOfPrograms()
        var described: [String: ServiceProgram.Description] = [:]
        for service in services {
            described[service.name] = await ServiceProgram(path: "\(programs)/firstline-\(service.name)")
                .describe(
                    service, isInsecure: system?.insecure ?? false,
                    certificates: layout.folders[service.name] == nil ? nil : installation.certificates)
        }
        progress("looking at the stores")
        let context = DoctorContext(
            installation: installation, system: system, listed: listed, isApart: layout.isApart || listed != nil,
            nowMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000), programs: programs, isThorough: isThorough,
            ports: (system ?? listed).map(PlannedPorts.init) ?? ports, services: services, described: described,
            stores: StoreAnswers.ask(services, described: described, isThorough: isThorough))
        var reports: [CheckReport] = []
        for check in Self.checks { reports.append(await check.run(context)) }
        for store in context.stores.values { store.inspector?.close() }
        return Diagnosis(data: folder, isRunning: context.isRunning, reports: reports)
    }
}
