import FoundationEssentials

/// A service's folder in the installation.
struct ServiceFolder: Sendable {
    let name: String
    let path: String
    /// The process that holds the folder's lock: the running service.
    let process: Int32?

    /// Those of `names` that have a folder.
    static func all(_ names: [String], in installation: Installation) -> [ServiceFolder] {
        let holders = LockHolders()
        return names.compactMap { name in
            let path = "\(installation.folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return ServiceFolder(name: name, path: path, process: holders.process(holding: path + "/lock"))
        }
    }

    /// Whether the service has made its store.
    var hasStore: Bool { FileManager.default.fileExists(atPath: path + "/store.sqlite") }
}
