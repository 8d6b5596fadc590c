import Glibc

/// Whether there is space, and whether what is written to it lasts.
struct DiskCheck: DoctorCheck {
    /// What the write-ahead log of one store may grow to.
    static let leastBytes: Int64 = 256 << 20
    static let fewBytes: Int64 = 2 << 30
    static let leastNames: UInt64 = 1_000

    func run(_ context: DoctorContext) async -> CheckReport {
        var seen: Set<UInt64> = []
        var findings: [Finding] = []
        var summaries: [String] = []
        let folders = [context.installation.folder, context.outbox] + context.services.map(\.path)
        for folder in folders {
            guard let device = FileStatus(folder)?.device, seen.insert(device).inserted,
                let disk = FileSystem(folder)
            else { continue }
            findings += Self.findings(disk, at: folder)
            summaries.append("\(ByteCount.text(disk.freeBytes)) of \(ByteCount.text(disk.bytes)) free")
        }
        return CheckReport("disk", .machine, summaries.joined(separator: ", "), findings)
    }

    static func findings(_ disk: FileSystem, at folder: String) -> [Finding] {
        var findings: [Finding] = []
        let free = "\(ByteCount.text(disk.freeBytes)) of \(ByteCount.text(disk.bytes)) are free at \(folder)"
        let cure = "make room or grow the disk; safe to remove: replaced-… folders, before-migration-….sqlite, old logs"
        if disk.freeBytes < leastBytes {
            findings.append(
                Finding(.error, "disk_full", "\(free): one store's write-ahead log may take more", advice: cure))
        } else if disk.freeBytes < fewBytes || disk.freeBytes < disk.bytes / 20 {
            findings.append(Finding(.warning, "disk_low", free, advice: cure))
        }
        // Some file systems count no names.
        if disk.names > 0, disk.freeNames < leastNames {
            findings.append(
                Finding(
                    .error, "disk_names", "\(disk.freeNames) more files can be made at \(folder)",
                    advice: "remove small files there, or make the file system anew with more inodes"))
        }
        switch disk.kind {
        case .lasting: break
        case .memory:
            findings.append(
                Finding(
                    .warning, "disk_memory",
                    "\(folder) is in memory (tmpfs): all of it is gone with the machine's next start",
                    advice: "put the data folder on a disk (--data)"))
        case .network(let name):
            findings.append(
                Finding(
                    .warning, "disk_network",
                    "\(folder) is on \(name): SQLite's write-ahead log and locks need a disk of this machine's own",
                    advice: "move the data folder to a local disk, or the stores to PostgreSQL"))
        case .layer:
            findings.append(
                Finding(
                    .warning, "disk_layer",
                    "\(folder) is on a container's own layer (overlay): it goes with the container",
                    advice: "mount a volume there"))
        }
        return findings
    }
}
