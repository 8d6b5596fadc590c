import Glibc

/// How much room the disk has that holds a service's data.
struct DiskMetrics: Sendable {
    private let folder: String
    private let size: Gauge
    private let free: Gauge

    init(_ registry: MetricsRegistry, folder: String) {
        self.folder = folder
        size = registry.gauge("firstline_data_size_bytes", help: "Size of the file system that holds the data.")
        free = registry.gauge("firstline_data_free_bytes", help: "Free bytes there, for whoever is not root.")
    }

    func collect() {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return }
        size.set(Double(status.f_blocks) * Double(status.f_frsize))
        free.set(Double(status.f_bavail) * Double(status.f_frsize))
    }
}
