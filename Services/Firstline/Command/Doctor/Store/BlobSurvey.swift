import FoundationEssentials
import Store

/// Compares a service's blob files with those that its store names, one fan-out folder after the other.
struct BlobSurvey {
    /// What nobody names is collected after a day.
    static let unnamedMilliseconds: Int64 = 24 * 3_600 * 1_000

    private let folder: String
    private let names: BlobNames
    private let context: DoctorContext
    private let oldest: Int64

    /// Named files that were found.
    private(set) var counted = 0
    private var missing: [BlobNames.Name] = []
    private var otherSize: [BlobNames.Name] = []
    private var otherContent: [BlobNames.Name] = []
    private var orphans: [(hash: String, bytes: Int64)] = []
    private var strangers: [String] = []
    private var uploads = 0

    init(folder: String, names: BlobNames, context: DoctorContext) {
        self.folder = folder
        self.names = names
        self.context = context
        oldest = context.nowMilliseconds - Self.unnamedMilliseconds
    }

    mutating func lookAtAll() throws {
        for part in BlobNames.folders { try look(part) }
        let folders = Set(BlobNames.folders)
        strangers += Folders.names("\(folder)/blobs").filter { !folders.contains($0) }.map { "blobs/\($0)" }
        uploads = Folders.names("\(folder)/uploads").count {
            FileStatus("\(folder)/uploads/\($0)").map { $0.changedAtMilliseconds < oldest } ?? false
        }
    }

    /// Files first, names after them: a file is there before anybody names it.
    private mutating func look(_ part: String) throws {
        let files = Folders.names("\(folder)/blobs/\(part)")
        let named = try names.names(under: part)
        for name in Dictionary(grouping: named, by: \.hash).values.compactMap(\.first) {
            guard let status = FileStatus(path(name.hash)) else {
                // It may have been forgotten and collected meanwhile.
                if try names.isNamed(name.hash) { missing.append(name) }
                continue
            }
            counted += 1
            if status.size != name.size {
                otherSize.append(name)
            } else if context.isThorough, try !hasContent(name.hash) {
                otherContent.append(name)
            }
        }
        let hashes = Set(named.map(\.hash))
        for file in files where !hashes.contains(file) {
            guard file.utf8.count == 64, file.hasPrefix(part) else {
                strangers.append("blobs/\(part)/\(file)")
                continue
            }
            // Put again meanwhile, it is young again.
            guard let status = FileStatus(path(file)), status.changedAtMilliseconds < oldest else { continue }
            orphans.append((file, status.size))
        }
    }

    private func hasContent(_ hash: String) throws -> Bool {
        var file = try CheckedFile(reading: path(hash))
        while try !file.read().isEmpty {}
        return file.summary(hash).sha256 == hash
    }

    private func path(_ hash: String) -> String { "\(folder)/blobs/\(hash.prefix(2))/\(hash)" }

    func findings(_ service: String) -> [Finding] {
        var findings: [Finding] = []
        for (found, code, what) in [
            (missing, "blob_missing", "is not there"), (otherSize, "blob_size", "has another length than was stored"),
            (otherContent, "blob_content", "has another content than its name says"),
        ] {
            guard let first = found.first else { continue }
            let more = found.count > 1 ? " (and \(found.count - 1) more like it)" : ""
            findings.append(
                Finding(
                    .error, code, service: service, "the file of \(first.owner) \(what): \(path(first.hash))\(more)",
                    advice:
                        "put it back from a backup, which has it under the same name (BACKUP/\(service)/blobs/\(first.hash.prefix(2))/…); "
                        + "the service need not be stopped for that"))
        }
        if !orphans.isEmpty {
            let bytes = orphans.map(\.bytes).reduce(0, +)
            findings.append(
                Finding(
                    .warning, "blob_orphan", service: service,
                    "\(orphans.count) files (\(ByteCount.text(bytes))) are older than a day and named by nobody, as \(path(orphans[0].hash))",
                    advice:
                        "they do no harm; the service removes them within an hour of its start: if it has run for longer, its log says why it did not"
                ))
        }
        if !strangers.isEmpty {
            findings.append(
                Finding(
                    .note, "blob_stranger", service: service,
                    "\(strangers.count) files are none of ours, as \(folder)/\(strangers[0])",
                    advice: "find out who made them; the service never touches them"))
        }
        if uploads > 0 {
            findings.append(
                Finding(
                    .note, "upload_left", service: service,
                    "\(uploads) uploads were begun more than a day ago and not ended",
                    advice: "they do no harm; the service removes them within an hour of its start"))
        }
        return findings
    }
}
