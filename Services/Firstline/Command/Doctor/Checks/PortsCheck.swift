import Glibc

/// Whether each port is held by our service, or free for it.
struct PortsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        let listeners = Listeners()
        var findings: [Finding] = []
        for listener in context.ports.listeners {
            let port = PlannedPorts.port(listener.address)
            let own = context.services.first { $0.name == listener.service }?.process
            if own != nil, context.system == nil {
                // It runs, and not by `firstline up`: where it listens is its own affair.
                continue
            }
            if context.system != nil {
                findings += Self.running(
                    listener, isListening: listeners.isListening(port), holders: listeners.processes(on: port), own: own
                )
            } else if let code = Self.refusal(listener.address) {
                findings.append(
                    Self.stopped(
                        listener, code: code, holders: listeners.processes(on: port), isCertain: context.ports.isCertain
                    ))
            }
        }
        return CheckReport(
            "ports", .machine,
            "\(context.ports.listeners.count) \(context.system == nil ? "free" : "held by our services")", findings)
    }

    /// - Parameter own: the service's process; nil when it does not run.
    static func running(
        _ listener: PlannedPorts.Listener, isListening: Bool, holders: [Int32], own: Int32?
    ) -> [Finding] {
        guard isListening else {
            return [
                Finding(
                    .error, "port_silent", service: listener.service,
                    "nobody listens on \(listener.address), its \(listener.use)",
                    advice: "it starts, or cannot: look at its last log lines and at `firstline status`")
            ]
        }
        // Where we may not look into other users' processes, nobody is known as the holder.
        guard let own, !holders.isEmpty, !holders.contains(own) else { return [] }
        return [
            Finding(
                .error, "port_taken", service: listener.service,
                "\(listener.address), its \(listener.use), is held by process \(described(holders))",
                advice: "end that process, or start `firstline up` on other ports (--base-port, --http)")
        ]
    }

    /// - Parameter code: why we could not listen there.
    static func stopped(
        _ listener: PlannedPorts.Listener, code: Int32, holders: [Int32], isCertain: Bool
    ) -> Finding {
        let holder =
            holders.isEmpty ? String(cString: strerror(code)) : "held by process \(described(holders))"
        let option = listener.use == "HTTP" ? "--http" : "--base-port"
        return Finding(
            isCertain ? .error : .warning, "port_taken", service: listener.service,
            "\(listener.address), its \(listener.use), cannot be taken: \(holder)",
            advice: code == EACCES
                ? "take a port above 1023 (\(option)), or give the program the right to bind it"
                : "end that process, or give `firstline up` and this command another \(option)")
    }

    /// Why one cannot listen on an IPv4 address now; nil when one can.
    private static func refusal(_ address: String) -> Int32? {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(PlannedPorts.port(address)).bigEndian
        guard inet_pton(AF_INET, String(address[..<colon]), &place.sin_addr) == 1 else { return nil }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var one: Int32 = 1
        // As a server does: what lingers of an earlier one is not in its way.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 && listen(descriptor, 1) == 0 ? nil : errno
    }

    private static func described(_ processes: [Int32]) -> String {
        processes.map(Processes.described).joined(separator: ", ")
    }
}
