import FoundationEssentials

/// The folder of one backup: a folder for each service, one for the installation, and the manifest.
struct BackupFolder: Sendable {
    /// The installation's own files.
    static let installation = "installation"

    let path: String

    /// Makes everything durable, the manifest last.
    func finish(_ manifest: BackupManifest) throws {
        try Folders.sync(path)
        let temporary = "\(path)/.\(BackupManifest.fileName)"
        var file = try CheckedFile(creating: temporary)
        try file.write(Array(try Self.text(of: manifest).utf8))
        _ = try file.finish(BackupManifest.fileName)
        try Folders.move(temporary, to: "\(path)/\(BackupManifest.fileName)")
        try Folders.sync(path)
    }

    static func text(of manifest: BackupManifest) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(manifest), as: UTF8.self)
    }

    /// The manifest of a whole backup of a format that we know, whose parts fit each other.
    func manifest() throws -> BackupManifest {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(BackupManifest.fileName)") else {
            throw CommandFailure(
                "\(path) is no backup, or one that was not finished: it has no \(BackupManifest.fileName)",
                ExitStatus.dataError)
        }
        struct Format: Decodable { var format: Int }
        if let format = try? JSONDecoder().decode(Format.self, from: data).format, format > BackupManifest.currentFormat
        {
            throw CommandFailure(
                "the backup has format \(format), this firstline knows \(BackupManifest.currentFormat)",
                ExitStatus.dataError)
        }
        let manifest: BackupManifest
        do {
            manifest = try JSONDecoder().decode(BackupManifest.self, from: data)
        } catch {
            throw CommandFailure("\(path)/\(BackupManifest.fileName) is damaged: \(error)", ExitStatus.dataError)
        }
        if let contradiction = manifest.contradiction {
            throw CommandFailure("the backup is not consistent: \(contradiction)", ExitStatus.dataError)
        }
        return manifest
    }

    /// Copies the files of one part to `target`, and refuses what is not as the manifest says.
    func copy(_ files: [BackupManifest.File], of part: String, to target: String) throws {
        for file in files {
            guard BackupPath.isInside(file.path) else {
                throw CommandFailure(
                    "the manifest names \(file.path), which leads out of the folder", ExitStatus.dataError)
            }
            var source = try CheckedFile(reading: "\(path)/\(part)/\(file.path)")
            var copy = try CheckedFile(creating: "\(target)/\(file.path)")
            while case let bytes = try source.read(), !bytes.isEmpty { try copy.write(bytes) }
            let found = try copy.finish(file.path)
            guard found.size == file.size, found.sha256 == file.sha256 else {
                throw CommandFailure(
                    "\(part)/\(file.path) is not what was backed up: it is damaged", ExitStatus.dataError)
            }
        }
    }
}

/// The files that belong to the installation and to no service: certificates, keys, the administrator's token.
struct InstallationFiles {
    private let installation: Installation

    init(_ installation: Installation) {
        self.installation = installation
    }

    /// Names at the top of the data folder.
    static let names = ["admin.token", "certs"]

    /// Copies those that are there.
    func copy(to folder: String) throws -> [BackupManifest.File] {
        var copied: [BackupManifest.File] = []
        for name in Self.names { try add(name, folder, &copied) }
        return copied
    }

    private func add(_ name: String, _ folder: String, _ copied: inout [BackupManifest.File]) throws {
        let source = "\(installation.folder)/\(name)"
        var isFolder = false
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else { return }
        if isFolder {
            for inner in Folders.names(source) { try add("\(name)/\(inner)", folder, &copied) }
            return
        }
        var file = try CheckedFile(reading: source)
        var copy = try CheckedFile(creating: "\(folder)/\(BackupFolder.installation)/\(name)")
        while case let bytes = try file.read(), !bytes.isEmpty { try copy.write(bytes) }
        copied.append(try copy.finish(name))
    }
}
