/// Copies and compares blobs, each by its hash.
struct BlobMove: Sendable {
    /// Hashes that are listed at once.
    static let listed = 500

    let source: any BlobStore
    let target: any BlobStore
    let progress: @Sendable (MoveProgress) -> Void

    init(
        from source: any BlobStore, to target: any BlobStore, progress: @escaping @Sendable (MoveProgress) -> Void
    ) {
        self.source = source
        self.target = target
        self.progress = progress
    }

    /// Copies what the target does not have.
    /// - Returns: blobs whose content is not what their hash says.
    func copy() async throws -> [MoveDifference] {
        var differences: [MoveDifference] = []
        try await each(.copyingBlobs) { hash in
            guard try await !isThere(hash) else { return }
            if try await copy(hash) != hash {
                differences.append(MoveDifference("blobs", key: hash, "has another content in the old store"))
            }
        }
        return differences
    }

    /// - Returns: how many blobs are equal, and those that are not.
    func check() async throws -> (blobs: Int64, [MoveDifference]) {
        var count: Int64 = 0
        var differences: [MoveDifference] = []
        try await each(.checkingBlobs) { hash in
            do {
                if try await self.hash(of: hash, in: target) == hash {
                    count += 1
                } else {
                    differences.append(MoveDifference("blobs", key: hash, "has another content in the new store"))
                }
            } catch StoreError.noSuchBlob {
                differences.append(MoveDifference("blobs", key: hash, "is missing in the new store"))
            }
        }
        return (count, differences)
    }

    private func each(_ step: MoveProgress.Step, _ body: (String) async throws -> Void) async throws {
        var after = ""
        var done: Int64 = 0
        while true {
            let hashes = try await source.hashes(after: after, limit: Self.listed)
            guard let last = hashes.last else { return }
            for hash in hashes {
                try Task.checkCancellation()
                try await body(hash)
                done += 1
                progress(MoveProgress(step, done: done))
            }
            after = last
        }
    }

    private func isThere(_ hash: String) async throws -> Bool {
        do {
            return try await target.size(of: hash) == source.size(of: hash)
        } catch StoreError.noSuchBlob {
            return false
        }
    }

    /// Copies at once what one read holds, and the rest by way of an upload, whose end tells the hash of what came.
    private func copy(_ hash: String) async throws -> String {
        if try await source.size(of: hash) <= Int64(BlobLimits.readBytes) {
            return try await target.put(try await source.read(hash))
        }
        let token = try await target.beginUpload()
        var offset: Int64 = 0
        while true {
            let part = try await source.read(hash, offset: offset)
            if part.isEmpty { break }
            offset = try await target.append(to: token, part, at: offset, limit: .max)
        }
        return try await target.finishUpload(token).hash
    }

    private func hash(of hash: String, in store: any BlobStore) async throws -> String {
        var digest = SHA256()
        var offset: Int64 = 0
        while true {
            let part = try await store.read(hash, offset: offset)
            if part.isEmpty { break }
            digest.update(part)
            offset += Int64(part.count)
        }
        return digest.hex()
    }
}
