import Store

/// Compares the blobs that a service keeps with those that its store names, one fan-out folder after the other.
struct BlobSurvey {
    /// What nobody names is collected after a day.
    static let unnamedMilliseconds: Int64 = 24 * 3_600 * 1_000

    private let kept: any KeptBlobs
    private let names: BlobNames
    private let context: DoctorContext
    private let oldest: Int64

    /// Named blobs that were found.
    private(set) var counted = 0
    private var missing: [BlobNames.Name] = []
    private var otherSize: [BlobNames.Name] = []
    private var otherContent: [BlobNames.Name] = []
    private var orphans: [(hash: String, bytes: Int64)] = []
    private var strangers: [String] = []
    private var uploads = 0

    init(_ kept: any KeptBlobs, names: BlobNames, context: DoctorContext) {
        self.kept = kept
        self.names = names
        self.context = context
        oldest = context.nowMilliseconds - Self.unnamedMilliseconds
    }

    mutating func lookAtAll() throws {
        for part in BlobNames.folders { try look(part) }
        strangers += try kept.strangers()
        uploads = try kept.uploads(before: oldest)
    }

    /// What is kept first, names after it: a blob is there before anybody names it.
    private mutating func look(_ part: String) throws {
        let (blobs, others) = try kept.list(part)
        strangers += others
        let named = try names.names(under: part)
        for name in Dictionary(grouping: named, by: \.hash).values.compactMap(\.first) {
            guard let blob = try blobs[name.hash] ?? kept.blob(name.hash) else {
                // It may have been forgotten and collected meanwhile.
                if try names.isNamed(name.hash) { missing.append(name) }
                continue
            }
            counted += 1
            if blob.size != name.size {
                otherSize.append(name)
            } else if context.isThorough, try !kept.hasContent(name.hash) {
                otherContent.append(name)
            }
        }
        let hashes = Set(named.map(\.hash))
        for hash in blobs.keys.sorted() where !hashes.contains(hash) {
            // Put again meanwhile, it is young again.
            guard let blob = try kept.blob(hash), blob.changedAtMilliseconds < oldest else { continue }
            orphans.append((hash, blob.size))
        }
    }

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
                    .error, code, service: service,
                    "the file of \(first.owner) \(what): \(kept.place(first.hash))\(more)",
                    advice: kept.cure(service, first.hash)))
        }
        if !orphans.isEmpty {
            let bytes = orphans.map(\.bytes).reduce(0, +)
            findings.append(
                Finding(
                    .warning, "blob_orphan", service: service,
                    "\(orphans.count) files (\(ByteCount.text(bytes))) are older than a day and named by nobody, as \(kept.place(orphans[0].hash))",
                    advice:
                        "they do no harm; the service removes them within an hour of its start: if it has run for longer, its log says why it did not"
                ))
        }
        if !strangers.isEmpty {
            findings.append(
                Finding(
                    .note, "blob_stranger", service: service,
                    "what is kept there is not all ours: \(strangers[0])\(strangers.count > 1 ? " (and \(strangers.count - 1) more)" : "")",
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
