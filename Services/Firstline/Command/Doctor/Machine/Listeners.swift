import FoundationEssentials
import Glibc

/// Who listens on which TCP port of this machine, by the kernel's own tables (proc(5), /proc/net/tcp).
struct Listeners: Sendable {
    private var sockets: [Int: Set<UInt64>] = [:]

    init() {
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            if let table = Self.contents(path) { add(table) }
        }
    }

    /// All of a table, however long. The kernel gives its size as 0, and hands it out in parts.
    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = read(descriptor, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }

    /// - Parameter table: as the kernel writes it.
    init(table: String) {
        add(table)
    }

    private mutating func add(_ table: String) {
        for line in table.split(separator: "\n").dropFirst() {
            let words = line.split(separator: " ")
            // 0A is TCP_LISTEN.
            guard words.count >= 10, words[3] == "0A", let colon = words[1].lastIndex(of: ":"),
                let port = Int(words[1][words[1].index(after: colon)...], radix: 16), let inode = UInt64(words[9])
            else { continue }
            sockets[port, default: []].insert(inode)
        }
    }

    func isListening(_ port: Int) -> Bool { sockets[port] != nil }

    /// The processes that listen on `port`, as far as we may look into them.
    func processes(on port: Int) -> [Int32] {
        guard let wanted = sockets[port] else { return [] }
        let links = Set(wanted.map { "socket:[\($0)]" })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            let folder = "/proc/\(process)/fd"
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains { name in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")).map(links.contains)
                    ?? false
            }
        }.sorted()
    }
}
