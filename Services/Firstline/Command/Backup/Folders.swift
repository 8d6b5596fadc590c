import FoundationEssentials
import Glibc

/// Folders as a backup needs them: private and durable.
enum Folders {
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure("cannot make \(path): \(error)", ExitStatus.cannotCreate)
        }
    }

    /// Names in the folder; none when it is not there.
    static func names(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// Makes the names in the folder, and in the folders below it, durable.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure.system("open \(path)") }
        defer { close(descriptor) }
        for name in names(path) {
            var status = stat()
            if lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                try sync("\(path)/\(name)")
            }
        }
        guard fsync(descriptor) == 0 else { throw CommandFailure.system("fsync \(path)") }
    }

    /// Removes a file or folder with all that is in it; nothing when it is not there.
    static func remove(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw CommandFailure("cannot remove \(path): \(error)", ExitStatus.cannotCreate)
        }
    }

    /// Moves a file or folder within one file system.
    static func move(_ source: String, to target: String) throws {
        guard rename(source, target) == 0 else { throw CommandFailure.system("move \(source) to \(target)") }
    }
}
