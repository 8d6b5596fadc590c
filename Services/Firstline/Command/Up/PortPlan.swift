import Glibc

/// Which service listens where.
struct PortPlan: Sendable {
    /// In order of their ports.
    static let services = ["intake", "routing", "sla-timer", "notification", "gateway"]
    static let adminStep = 100
    static let lmtpStep = 24
    /// The highest base port whose last admin port is still a port.
    static let highestBase = 65_535 - adminStep - services.count

    var rpc: [String: Int] = [:]
    var admin: [String: Int] = [:]
    var lmtp: Int

    var all: Set<Int> { Set(rpc.values).union(admin.values).union([lmtp]) }

    /// The contract's ports above `base`; 0 takes free ones.
    /// - Parameter taken: a port that none of them may have.
    init(base: Int, apartFrom taken: Int = 0) throws {
        if base == 0 {
            var free = try FreePorts.take(Self.services.count * 2 + 1, but: [taken])
            lmtp = free.removeLast()
            for name in Self.services {
                rpc[name] = free.removeLast()
                admin[name] = free.removeLast()
            }
            return
        }
        guard (1...Self.highestBase).contains(base) else {
            throw CommandFailure("--base-port must be 0 or 1 to \(Self.highestBase)", ExitStatus.usage)
        }
        lmtp = base + Self.lmtpStep
        for (index, name) in Self.services.enumerated() {
            rpc[name] = base + index + 1
            admin[name] = base + index + 1 + Self.adminStep
        }
    }
}

/// Ports of the loopback that nobody listens on now.
enum FreePorts {
    /// Below the ports that Linux gives to outgoing connections (ip(7), `ip_local_port_range`): one of those may take a port between this
    /// look and the moment when a service, started or started again, listens at it.
    private static let range: Range<UInt16> = 10_000..<32_000
    private static let mostTries = 1_000

    /// All held at once, so that they differ, and let go together.
    /// - Parameter taken: ports that others will have.
    static func take(_ count: Int, but taken: Set<Int> = []) throws -> [Int] {
        var held: [Int32] = []
        defer { held.forEach { _ = close($0) } }
        var ports: [Int] = []
        for _ in 0..<mostTries where ports.count < count {
            let port = UInt16.random(in: range)
            if taken.contains(Int(port)) { continue }
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            held.append(descriptor)
            if holds(descriptor, port) { ports.append(Int(port)) }
        }
        guard ports.count == count else { throw CommandFailure("no free port on 127.0.0.1", ExitStatus.unavailable) }
        return ports
    }

    private static func holds(_ descriptor: Int32, _ port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
