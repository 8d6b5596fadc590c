import FoundationEssentials
import Glibc

/// The folder of one help desk on this machine and what stands where in it.
struct Installation: Sendable {
    /// Absolute path.
    let folder: String

    init(folder: String) {
        self.folder = folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
    }

    var certificates: String { folder + "/certs" }
    var outbox: String { folder + "/outbox" }
    var adminToken: String { folder + "/admin.token" }
    /// There while a restore has moved some of the data and not all of it.
    var unfinishedRestore: String { folder + "/restore.unfinished" }
    var principalPublicKey: String { certificates + "/principal.pub" }
    var principalPrivateKey: String { folder + "/gateway/principal.key" }
    private var lockFile: String { folder + "/firstline.lock" }
    private var runFile: String { folder + "/run.json" }

    func certificate(_ name: String) -> String { certificates + "/\(name).crt" }
    func key(_ name: String) -> String { certificates + "/\(name).key" }

    /// Takes the folder for this process until it ends. Throws `CommandFailure` where another has it.
    func lock() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "cannot open \(lockFile): \(String(cString: strerror(errno)))", ExitStatus.noPermission)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? runningSystem()).map { " (process \($0.pid))" } ?? ""
            throw CommandFailure("\(folder) is in use by another firstline\(holder)", ExitStatus.temporaryFailure)
        }
        // The descriptor stays open, and with it the lock, for the life of the process.
    }

    /// Where the services of the running system listen. Throws `CommandFailure` where none runs.
    func runningSystem() throws -> RunningSystem {
        guard let data = FileManager.default.contents(atPath: runFile),
            let system = try? JSONDecoder().decode(RunningSystem.self, from: data)
        else {
            throw CommandFailure(
                "no running system in \(folder) (start one with `firstline up`)", ExitStatus.unavailable)
        }
        return system
    }

    func record(_ system: RunningSystem) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(system).write(to: URL(filePath: runFile), options: .atomic)
    }

    func forgetRunningSystem() {
        unlink(runFile)
    }
}

extension Installation {
    /// The process of a running service, from the file in which the service says where it listens.
    func pid(of service: String) -> Int32? {
        struct Endpoints: Decodable { var pid: Int32 }
        return FileManager.default.contents(atPath: "\(folder)/\(service)/endpoints.json")
            .flatMap { try? JSONDecoder().decode(Endpoints.self, from: $0).pid }
    }
}
