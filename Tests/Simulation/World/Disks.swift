import CMemoryDisk
import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif
import Store

@testable import ServiceKit

/// The disks of one world, copied from those on which the services' schemas were made once.
///
/// `@unchecked Sendable`: each belongs to one world; the template is not changed any more.
final class Disks: @unchecked Sendable {
    private let folder: String
    private var disks: [String: Disk] = [:]

    /// New disks; when there is a template, with what it holds.
    init(copying template: Disks? = nil) {
        folder = Self.root + "/" + UUID().uuidString
        for name in Definitions.names {
            let path = "\(folder)/\(name)"
            disks[name] = template.map { Disk(copying: $0.disk(of: name), folder: path) } ?? Disk(folder: path)
        }
    }

    deinit {
        disks = [:]
        // Folders that stay behind hold a lock's empty file.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func disk(of service: String) -> Disk { disks[service]! }

    /// In memory where the system has such a folder: the locks' folders are made and synced again and again.
    private static let root: String = {
        let shared = "/dev/shm"
        return access(shared, W_OK) == 0 ? shared : FileManager.default.temporaryDirectory.path()
    }()
}
