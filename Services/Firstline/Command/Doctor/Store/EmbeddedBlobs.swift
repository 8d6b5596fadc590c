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
        try rows.blob(hash) != nil ? rows.hasContent(hash) : files.hasContent(hash)
    }

    func strangers() throws -> [String] {
        try rows.strangers() + files.strangers()
    }

    func uploads(before milliseconds: Int64) throws -> Int {
        try rows.uploads(before: milliseconds) + files.uploads(before: milliseconds)
    }

    /// What is in neither would be read as a file too.
    func place(_ hash: String) -> String {
        switch look(hash) {
        case .row: rows.place(hash)
        case .noRow: files.place(hash)
        case .failed(let why): "\(rows.place(hash)) or \(files.place(hash)); which, could not be looked up: \(why)"
        }
    }

    func cure(_ service: String, _ hash: String) -> String {
        switch look(hash) {
        case .row: rows.cure(service, hash)
        case .noRow:
            files.cure(service, hash) + "; a backup that has no such file has it in its store: "
                + rows.cure(service, hash)
        case .failed: "repeat it with the service stopped: only a look at its rows tells what to do"
        }
    }

    private enum Look {
        case row, noRow
        case failed(why: String)
    }

    private func look(_ hash: String) -> Look {
        do {
            return try rows.blob(hash) == nil ? .noRow : .row
        } catch {
            return .failed(why: StoreAnswers.said(error))
        }
    }
}
