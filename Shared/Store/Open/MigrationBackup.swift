import FoundationEssentials
import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// Copies a store before its schema changes, so that an operator can go back to the program that came before.
///
/// An upgrade of several migrations is copied once, before the first: an empty file `migration.unfinished` tells an upgrade that was cut
/// short, whose copy is there already, from a new one.
struct MigrationBackup {
    /// Copies that are kept.
    static let keptCopies = 2
    /// What the files' names begin with; the version of the schema that they hold and `.sqlite` follow.
    static let prefix = "before-migration-"
    static let unfinished = "migration.unfinished"
    private static let partial = ".partial"

    let folder: String
    let service: String

    /// Makes a durable copy of the store as it stands, unless an upgrade that did not finish has made one.
    ///
    /// - Parameters:
    ///   - handle: the writer's connection, with no transaction open.
    ///   - version: of the schema in the store.
    func take(_ handle: OpaquePointer, version: SchemaVersion) throws {
        if exists(Self.unfinished), let last = copies().last, last.version < version { return }
        Logger(label: "firstline.store").notice(
            "the store is copied before its schema changes",
            metadata: ["store.name": "\(service)", "schema.version": "\(version)"])
        let name = "\(Self.prefix)\(version).sqlite"
        try removePartialCopies()
        try SnapshotCopy(source: handle, path: "\(folder)/\(name)\(Self.partial)").run {}
        guard rename("\(folder)/\(name)\(Self.partial)", "\(folder)/\(name)") == 0 else {
            throw Folder.failure("rename copy")
        }
        // The copy's name is durable before the mark that vouches for it.
        try Folder.sync(folder)
        try mark()
    }

    /// All migrations have run: the copy stands for a whole upgrade, and those before the last two go.
    func finish() throws {
        try removePartialCopies()
        guard exists(Self.unfinished) else { return }
        try remove(Self.unfinished)
        for copy in copies().dropLast(Self.keptCopies) { try remove(copy.name) }
        try Folder.sync(folder)
    }

    /// The copies that are there, the newest last.
    private func copies() -> [Copy] {
        names().compactMap(Copy.init).map { copy in
            var status = stat()
            guard stat("\(folder)/\(copy.name)", &status) == 0 else { return copy }
            return copy.made(at: status.st_mtim)
        }.sorted { $0.key < $1.key }
    }

    private func mark() throws {
        let descriptor = open("\(folder)/\(Self.unfinished)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Folder.failure("mark the migration") }
        close(descriptor)
        try Folder.sync(folder)
    }

    private func removePartialCopies() throws {
        for name in names() where name.hasPrefix(Self.prefix) && name.contains(Self.partial) { try remove(name) }
    }

    private func remove(_ name: String) throws(StoreError) {
        guard unlink("\(folder)/\(name)") == 0 || errno == ENOENT else { throw Folder.failure("remove \(name)") }
    }

    private func exists(_ name: String) -> Bool { access("\(folder)/\(name)", F_OK) == 0 }

    private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
}

/// One copy, by its file's name and the time at which it was made.
private struct Copy {
    let name: String
    let version: SchemaVersion
    private var seconds = 0
    private var nanoseconds = 0

    init?(name: String) {
        guard name.hasPrefix(MigrationBackup.prefix), name.hasSuffix(".sqlite"),
            let version = SchemaVersion(String(name.dropFirst(MigrationBackup.prefix.count).dropLast(".sqlite".count)))
        else { return nil }
        self.name = name
        self.version = version
    }

    func made(at time: timespec) -> Copy {
        var copy = self
        (copy.seconds, copy.nanoseconds) = (time.tv_sec, time.tv_nsec)
        return copy
    }

    var key: (Int, Int, String) { (seconds, nanoseconds, name) }
}
