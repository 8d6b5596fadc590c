import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

extension FileBlobStore {
    public func hashes(after: String, limit: Int) async throws -> [String] {
        var hashes: [String] = []
        for part in names(in: "\(folder)/blobs") where Hex.isText(part, count: 2) && part >= after.prefix(2) {
            if hashes.count >= limit { break }
            hashes += names(in: "\(folder)/blobs/\(part)").filter { Hex.isText($0, count: 64) && $0 > after }
        }
        return Array(hashes.prefix(limit))
    }

    /// Removes what is old and unnamed; returns how many files.
    ///
    /// - Parameter named: answers which of these hashes the store names. It is asked for one fan-out folder at a time; a blob that
    ///   is put again meanwhile is young again, and stays.
    @discardableResult
    public func collect(named: @Sendable ([String]) async throws -> Set<String>) async throws -> Int {
        let oldest = clock.nowMilliseconds - BlobLimits.unnamedMilliseconds
        var removed = 0
        for part in names(in: "\(folder)/blobs") where Hex.isText(part, count: 2) {
            let hashes = names(in: "\(folder)/blobs/\(part)").filter { Hex.isText($0, count: 64) }
            if hashes.isEmpty { continue }
            let kept = try await named(hashes)
            for hash in hashes where !kept.contains(hash) {
                removed += try await onLane(hash) { try remove(path(hash), olderThan: oldest) ? 1 : 0 }
            }
        }
        for token in names(in: "\(folder)/uploads") where Hex.isText(token, count: 32) {
            removed += try await onLane(token) { try remove(uploadPath(token), olderThan: oldest) ? 1 : 0 }
        }
        return removed
    }

    private func remove(_ path: String, olderThan oldest: Int64) throws -> Bool {
        do {
            guard try BlobFile(path, .read).status().keptAtMilliseconds < oldest else { return false }
        } catch StoreError.noSuchBlob {
            return false
        }
        return unlink(path) == 0
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
