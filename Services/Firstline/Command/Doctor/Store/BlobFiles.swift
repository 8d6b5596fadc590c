/// Large blobs beside an SQLite store, and the small ones of an older release: files that are named by their hashes, in folders by the first two digits.
struct BlobFiles: KeptBlobs {
    /// The service's.
    let folder: String

    func list(_ part: String) -> (blobs: [String: KeptBlob], strangers: [String]) {
        var blobs: [String: KeptBlob] = [:]
        var strangers: [String] = []
        for file in Folders.names("\(folder)/blobs/\(part)") {
            if file.utf8.count == 64, file.hasPrefix(part) {
                blobs[file] = blob(file)
            } else {
                strangers.append("\(folder)/blobs/\(part)/\(file)")
            }
        }
        return (blobs, strangers)
    }

    func blob(_ hash: String) -> KeptBlob? {
        FileStatus(place(hash)).map { KeptBlob(size: $0.size, changedAtMilliseconds: $0.changedAtMilliseconds) }
    }

    func hasContent(_ hash: String) throws -> Bool {
        var file = try CheckedFile(reading: place(hash))
        while try !file.read().isEmpty {}
        return file.summary(hash).sha256 == hash
    }

    func strangers() -> [String] {
        let folders = Set(BlobNames.folders)
        return Folders.names("\(folder)/blobs").filter { !folders.contains($0) }.map { "\(folder)/blobs/\($0)" }
    }

    func uploads(before milliseconds: Int64) -> Int {
        Folders.names("\(folder)/uploads").count {
            FileStatus("\(folder)/uploads/\($0)").map { $0.changedAtMilliseconds < milliseconds } ?? false
        }
    }

    func place(_ hash: String) -> String { "\(folder)/blobs/\(hash.prefix(2))/\(hash)" }

    func cure(_ service: String, _ hash: String) -> String {
        "put it back from a backup, which has it under the same name (BACKUP/\(service)/blobs/\(hash.prefix(2))/…); "
            + "the service need not be stopped for that"
    }
}
