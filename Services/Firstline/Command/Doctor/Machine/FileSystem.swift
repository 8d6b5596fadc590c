import FoundationEssentials
import Glibc

/// The file system that a folder is on (statvfs(3)).
struct FileSystem: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case lasting
        case memory
        case network(String)
        case layer
    }

    var bytes: Int64
    /// For whoever asks.
    var freeBytes: Int64
    /// Files that there can be; 0 where nobody counts.
    var names: UInt64
    var freeNames: UInt64
    var kind: Kind

    init(bytes: Int64, freeBytes: Int64, names: UInt64 = 0, freeNames: UInt64 = 0, kind: Kind = .lasting) {
        self.bytes = bytes
        self.freeBytes = freeBytes
        self.names = names
        self.freeNames = freeNames
        self.kind = kind
    }

    /// Nil when there is no such folder.
    init?(_ folder: String) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0, let device = FileStatus(folder)?.device else { return nil }
        let size = Int64(status.f_frsize)
        let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo").map {
            String(decoding: $0, as: UTF8.self)
        }
        self.init(
            bytes: Int64(status.f_blocks) * size, freeBytes: Int64(status.f_bavail) * size,
            names: UInt64(status.f_files),
            freeNames: UInt64(status.f_favail), kind: Self.kind(of: device, mounts: mounts ?? ""))
    }

    /// - Parameters:
    ///   - device: as stat(2) tells it.
    ///   - mounts: the kernel's table (proc(5), /proc/PID/mountinfo), with device, and type behind a lone hyphen.
    static func kind(of device: UInt64, mounts: String) -> Kind {
        let number = "\((device >> 8) & 0xFFF | (device >> 32) & ~0xFFF):\(device & 0xFF | (device >> 12) & ~0xFF)"
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[2] == number, let hyphen = words.firstIndex(of: "-"), hyphen + 1 < words.count
            else { continue }
            switch words[hyphen + 1] {
            case "tmpfs", "ramfs": return .memory
            case "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "glusterfs": return .network(String(words[hyphen + 1]))
            case "overlay": return .layer
            default: return .lasting
            }
        }
        return .lasting
    }
}
