import FoundationEssentials
import Glibc

/// Which process holds a file's lock, by the kernel's own list (proc(5), /proc/locks): asking for the lock would be in a service's way.
struct LockHolders: Sendable {
    private var processes: [UInt64: Int32] = [:]

    init() {
        self.init(
            table: FileManager.default.contents(atPath: "/proc/locks").map { String(decoding: $0, as: UTF8.self) })
    }

    /// - Parameter table: as the kernel writes it: `1: FLOCK  ADVISORY  WRITE 10240 fe:00:16221193 0 EOF`.
    init(table: String?) {
        for line in (table ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            // Those who wait for a lock have an arrow in the second place.
            guard words.count >= 6, words[1] == "FLOCK", let process = Int32(words[4]),
                let inode = words[5].split(separator: ":").last.flatMap({ UInt64($0) })
            else { continue }
            processes[inode] = process
        }
    }

    func process(holding path: String) -> Int32? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return processes[UInt64(status.st_ino)]
    }

    func process(holdingFile inode: UInt64) -> Int32? { processes[inode] }
}
