import Glibc

/// What the process uses, under the names that Prometheus's own client libraries give it.
struct ProcessMetrics: Sendable {
    private let started = ContinuousClock.now
    private let memory: Gauge
    private let descriptors: Gauge
    private let uptime: Gauge

    init(_ registry: MetricsRegistry) {
        memory = registry.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.")
        descriptors = registry.gauge("process_open_fds", help: "Open file descriptors.")
        uptime = registry.gauge("firstline_uptime_seconds", help: "Seconds since the process started.")
    }

    func collect() {
        let pages = (try? SystemFile.read("/proc/self/statm", limit: 4_096))?.split(separator: " ").dropFirst().first
        if let pages, let count = Double(pages) { memory.set(count * Double(getpagesize())) }
        if let folder = opendir("/proc/self/fd") {
            var count = -3.0  // ".", ".." and the folder itself.
            while readdir(folder) != nil { count += 1 }
            closedir(folder)
            descriptors.set(count)
        }
        let seconds = (ContinuousClock.now - started).components
        uptime.set(Double(seconds.seconds) + Double(seconds.attoseconds) / 1e18)
    }
}
