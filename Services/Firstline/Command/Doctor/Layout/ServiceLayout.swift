import FoundationEssentials

/// Where the services' folders are, and what settings they are started with, where that is not one data folder and this environment.
struct ServiceLayout: Sendable {
    /// Folders that were named, by service.
    var folders: [String: String] = [:]
    /// The environment that a unit gives, by service.
    var settings: [String: [String: String]] = [:]

    /// Everything beside each other in the data folder.
    init() {}

    /// - Parameters:
    ///   - unit: path of a systemd unit, a template of which each service is an instance; nil for none.
    ///   - folders: `NAME=DIR`, stronger than the unit.
    init(unit: String?, folders: [String]) throws {
        if let unit {
            for service in PortPlan.services {
                settings[service] = try UnitFile(path: unit, instance: service).environment
            }
        }
        for folder in folders {
            let parts = folder.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, PortPlan.services.contains(parts[0]) else {
                throw CommandFailure(
                    "--folder: \(folder) is no SERVICE=DIR; services are \(PortPlan.services.joined(separator: ", "))",
                    ExitStatus.usage)
            }
            self.folders[parts[0]] = Installation(folder: parts[1]).folder
        }
    }

    var isApart: Bool { !folders.isEmpty || !settings.isEmpty }

    func folder(of service: String, in installation: Installation) -> String {
        folders[service] ?? settings[service]?["FIRSTLINE_DATA"] ?? "\(installation.folder)/\(service)"
    }
}
