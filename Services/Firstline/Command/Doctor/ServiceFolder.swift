import FoundationEssentials

/// A service's folder in the installation.
struct ServiceFolder: Sendable {
    let name: String
    let path: String
    /// The running service: the process that holds the folder's lock or, with PostgreSQL, that says in the folder where it listens.
    let process: Int32?
    /// Where it says that its admin HTTP listens; nil where it does not run.
    var admin: String?
    /// The environment that its unit gives it; nil where this command's own stands for it.
    var settings: [String: String]?

    /// Those of `names` that have a folder.
    static func all(
        _ names: [String], in installation: Installation, layout: ServiceLayout = ServiceLayout()
    ) -> [ServiceFolder] {
        let holders = LockHolders()
        return names.compactMap { name in
            let path = layout.folder(of: name, in: installation)
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let told = Endpoints(path)
            // What a killed one left may name another's process by now.
            let teller = told.map(\.pid).flatMap {
                Processes.program($0)?.hasSuffix("firstline-\(name)") == true ? $0 : nil
            }
            let process = holders.process(holding: path + "/lock") ?? teller
            return ServiceFolder(
                name: name, path: path, process: process, admin: process == nil ? nil : told?.admin,
                settings: layout.settings[name])
        }
    }

    /// Whether the service has made its store.
    var hasStore: Bool { FileManager.default.fileExists(atPath: path + "/store.sqlite") }

    /// What a running service writes into its folder.
    private struct Endpoints: Decodable {
        var pid: Int32
        var admin: String?

        init?(_ folder: String) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/endpoints.json"),
                let told = try? JSONDecoder().decode(Endpoints.self, from: data)
            else { return nil }
            self = told
        }
    }
}
