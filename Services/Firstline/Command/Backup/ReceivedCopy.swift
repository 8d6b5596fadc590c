import Model

/// One service's copy as it comes in: pieces of files, one file after the other.
actor ReceivedCopy {
    private let folder: String
    private var service: BackupManifest.Service
    private var file: CheckedFile?
    private var path = ""

    init(service: String, folder: String) {
        self.folder = folder
        self.service = BackupManifest.Service(
            name: service, head: BackupManifest.Place(service: service, term: 0, offset: 0), follows: [],
            heldMilliseconds: 0, files: [])
    }

    func begin(_ part: BackupFrozen) {
        service.head.term = part.head?.term ?? 0
        service.head.offset = part.head?.offset ?? 0
        service.follows = part.follows.map {
            BackupManifest.Place(service: $0.service, term: $0.term, offset: $0.offset)
        }
    }

    func thawed(_ part: BackupThawed) {
        service.heldMilliseconds = part.heldMilliseconds
    }

    func add(_ part: BackupData) throws {
        if part.path != path {
            try finishFile()
            guard BackupPath.isInside(part.path) else {
                throw CommandFailure(
                    "\(service.name) sent a file with the path \(part.path), which leads out of its folder",
                    ExitStatus.dataError)
            }
            path = part.path
            file = try CheckedFile(creating: "\(folder)/\(path)")
        }
        try file?.write(part.data)
    }

    /// All that came, on disk.
    func finish() throws -> BackupManifest.Service {
        try finishFile()
        guard service.files.contains(where: { $0.path == BackupPath.database }) else {
            throw CommandFailure("\(service.name) sent no database", ExitStatus.unavailable)
        }
        return service
    }

    private func finishFile() throws {
        guard let done = file.take() else { return }
        service.files.append(try done.finish(path))
    }
}

/// Paths of files within a service's part of a backup.
enum BackupPath {
    static let database = "store.sqlite"

    /// Whether a path stays inside its folder.
    static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.utf8.contains(0)
    }
}
