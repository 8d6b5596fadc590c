/// Blobs of an SQLite store: the small in its rows, the large in files beside it.
struct EmbeddedBlobs: KeptBlobs {
    let rows: BlobsInRows
    let files: BlobFiles

    func list(_ part: String) throws -> (blobs: [String: KeptBlob], strangers: [String]) {
        let (kept, strangers) = files.list(part)
        return (kept.merging(try rows.list(part).blobs) { _, row in row }, strangers)
    }

    func blob(_ hash: String) throws -> KeptBlob? {
        try rows.blob(hash) ?? files.blob(hash)
    }

    func hasContent(_ hash: String) throws -> Bool {
        try isRow(hash) ? rows.hasContent(hash) : files.hasContent(hash)
    }

    func strangers() throws -> [String] {
        try rows.strangers() + files.strangers()
    }

    func uploads(before milliseconds: Int64) throws -> Int {
        try rows.uploads(before: milliseconds) + files.uploads(before: milliseconds)
    }

    /// What is in neither would be read as a file too.
    func place(_ hash: String) -> String {
        isRow(hash) ? rows.place(hash) : files.place(hash)
    }

    func cure(_ service: String, _ hash: String) -> String {
        isRow(hash)
            ? rows.cure(service, hash)
            : files.cure(service, hash) + "; a backup that has no such file has it in its store: "
                + rows.cure(service, hash)
    }

    private func isRow(_ hash: String) -> Bool {
        ((try? rows.blob(hash)) ?? nil) != nil
    }
}
