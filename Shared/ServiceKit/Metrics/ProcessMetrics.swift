import Glibc

/// What the process uses, under the names that Prometheus's own client libraries give it.
struct ProcessMetrics: Sendable {
    private let started = ContinuousClock.now
    private let memory: Gauge
    private let descriptors: Gauge
    private let mostDescriptors: Gauge
    private let processor: Counter
    private let uptime: Gauge

    init(_ registry: MetricsRegistry) {
        memory = registry.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.")
        descriptors = registry.gauge("process_open_fds", help: "Open file descriptors.")
        mostDescriptors = registry.gauge("process_max_fds", help: "The most file descriptors that may be open.")
        processor = registry.counter("process_cpu_seconds_total", help: "Processor time used, in seconds.")
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
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 {
            mostDescriptors.set(Double(limit.rlim_cur))
        }
        var used = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 {
            processor.set(total: Double(used.tv_sec) + Double(used.tv_nsec) / 1e9)
        }
        let seconds = (ContinuousClock.now - started).components
        uptime.set(Double(seconds.seconds) + Double(seconds.attoseconds) / 1e18)
    }
}
