import Glibc

/// Callers that each send their next request when the last was answered.
struct Load {
    let count: Int64
    let callers: Int64

    /// Runs `request` for 0 ..< `count` and says how long each took.
    func run(_ request: @escaping @Sendable (Int64) async throws -> Void) async throws -> Report {
        let start = ContinuousClock.now
        let cpu = Report.cpuMicroseconds
        let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies: [Duration] = []
                    for index in stride(from: caller, to: count, by: Int(callers)) {
                        let start = ContinuousClock.now
                        try await request(index)
                        latencies.append(.now - start)
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: [Duration]()) { $0 += $1 }
        }
        return Report(
            seconds: (ContinuousClock.now - start) / .seconds(1), cpuMicroseconds: Report.cpuMicroseconds - cpu,
            latencies: latencies.sorted())
    }
}

/// What a load measured, as one line of JSON.
struct Report {
    let seconds: Double
    let cpuMicroseconds: Double
    /// Sorted.
    let latencies: [Duration]

    /// - Parameter more: further members.
    func line(_ more: [(name: String, value: Double)] = []) -> String {
        let count = Double(latencies.count)
        let members =
            [
                ("calls", count), ("seconds", seconds), ("calls_per_second", count / seconds),
                ("p50_us", percentile(50)), ("p99_us", percentile(99)), ("cpu_us_per_call", cpuMicroseconds / count),
            ] + more
        return "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }

    private func percentile(_ share: Int) -> Double {
        latencies.isEmpty ? 0 : latencies[min(latencies.count * share / 100, latencies.count - 1)] / .microseconds(1)
    }

    /// The processor's time that this process has used, user and system.
    static var cpuMicroseconds: Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }
}
