/// A blob as it is kept.
struct KeptBlob: Sendable, Hashable {
    var size: Int64
    /// When it was last asked to be kept.
    var changedAtMilliseconds: Int64
}

/// Where a service's blobs are kept: in rows of its database, in files, or in both.
protocol KeptBlobs: Sendable {
    /// What is kept under the hashes that begin with two hexadecimal digits, and what else was found there.
    func list(_ part: String) throws -> (blobs: [String: KeptBlob], strangers: [String])
    /// Nil when it is not there.
    func blob(_ hash: String) throws -> KeptBlob?
    func hasContent(_ hash: String) throws -> Bool
    /// What is of no blob at all.
    func strangers() throws -> [String]
    /// Uploads that nobody has gone on with since `milliseconds`.
    func uploads(before milliseconds: Int64) throws -> Int
    /// How a person finds it.
    func place(_ hash: String) -> String
    /// What to do when it is not there as it should be.
    func cure(_ service: String, _ hash: String) -> String
}
