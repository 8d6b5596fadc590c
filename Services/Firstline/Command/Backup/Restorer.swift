import FoundationEssentials
import Glibc

/// Puts a checked copy of a backup in the place of what is there.
///
/// First everything is copied beside the data and checked; then folders are moved. A crash between two moves leaves the mark
/// `restore.unfinished`: the services are not started until the restore has been repeated.
struct Restorer {
    let installation: Installation
    let backup: BackupFolder
    let manifest: BackupManifest

    /// - Returns: the folder that took what was there; nil when there was nothing.
    func restore(replacing: Bool) throws -> String? {
        let parts = manifest.services.map(\.name) + InstallationFiles.names
        let present = parts.filter(exists)
        let isUnfinished = FileManager.default.fileExists(atPath: installation.unfinishedRestore)
        guard present.isEmpty || replacing || isUnfinished else {
            throw CommandFailure(
                "\(installation.folder) holds data already (\(present.joined(separator: ", "))); --replace moves it aside",
                ExitStatus.cannotCreate)
        }
        for service in manifest.services { try checkStopped(service.name) }
        let staged = "\(installation.folder)/.restoring"
        try Folders.remove(staged)
        do {
            try stage(in: staged)
        } catch {
            try? Folders.remove(staged)
            throw error
        }
        return try place(parts, from: staged)
    }

    private func stage(in folder: String) throws {
        for service in manifest.services {
            try backup.copy(service.files, of: service.name, to: "\(folder)/\(service.name)")
            _ = try CheckedFile(creating: "\(folder)/\(service.name)/\(Self.mark)").finish(Self.mark)
        }
        try Folders.make(folder)
        try backup.copy(manifest.installation, of: BackupFolder.installation, to: folder)
        try Folders.sync(folder)
    }

    private func place(_ parts: [String], from staged: String) throws -> String? {
        _ = try? CheckedFile(creating: installation.unfinishedRestore).finish("")
        try Folders.sync(installation.folder)
        let present = parts.filter(exists)
        var aside: String?
        if !present.isEmpty {
            let folder = freeName()
            try Folders.make(folder)
            for part in present { try Folders.move("\(installation.folder)/\(part)", to: "\(folder)/\(part)") }
            aside = folder
        }
        for part in Folders.names(staged) {
            try Folders.move("\(staged)/\(part)", to: "\(installation.folder)/\(part)")
        }
        try Folders.remove(staged)
        try Folders.sync(installation.folder)
        unlink(installation.unfinishedRestore)
        try Folders.sync(installation.folder)
        return aside
    }

    /// A service that runs holds its folder's lock.
    private func checkStopped(_ service: String) throws {
        let descriptor = open("\(installation.folder)/\(service)/lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure("\(service) is running; stop it first", ExitStatus.temporaryFailure)
        }
    }

    private func exists(_ part: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(installation.folder)/\(part)")
    }

    private func freeName() -> String {
        var number = 1
        while exists("replaced-\(number)") { number += 1 }
        return "\(installation.folder)/replaced-\(number)"
    }

    /// Tells the service that its store begins a new term.
    private static let mark = "restored"
}
