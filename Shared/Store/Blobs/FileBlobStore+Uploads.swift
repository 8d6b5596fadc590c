#if canImport(Glibc)
    import Glibc
#endif

extension FileBlobStore {
    /// Begins an upload and returns its token: 128 random bits in hex, which bind it to whoever was told.
    public func beginUpload() async throws -> String {
        let token = Hex.randomToken()
        try await onLane(token) {
            let path = try uploadPath(token)
            let file = try BlobFile(path, .create)
            try file.keep(atMilliseconds: clock.nowMilliseconds)
            try Folder.sync(Folder.parent(of: path))
        }
        return token
    }

    /// The bytes that the upload has, and so where it goes on.
    public func uploadSize(_ token: String) async throws -> Int64 {
        try await onLane(token) { try BlobFile(uploadPath(token), .read).status().size }
    }

    /// Adds a chunk at `offset`, which must be where the upload ends, and returns its new length once the chunk is durable.
    /// Throws ``StoreError/wrongOffset(expected:)`` for another offset, ``StoreError/tooLarge(limit:)`` beyond `limit` bytes.
    @discardableResult
    public func append(to token: String, _ bytes: [UInt8], at offset: Int64, limit: Int64) async throws -> Int64 {
        try await onLane(token) {
            let file = try BlobFile(uploadPath(token), .extend)
            let size = try file.status().size
            guard offset == size else { throw StoreError.wrongOffset(expected: size) }
            guard size + Int64(bytes.count) <= limit else { throw StoreError.tooLarge(limit: limit) }
            do {
                try file.write(bytes, at: offset)
            } catch {
                try file.cut(to: size)
                throw error
            }
            try file.keep(atMilliseconds: clock.nowMilliseconds)
            try file.sync()
            return size + Int64(bytes.count)
        }
    }

    /// What has come, if it has at most `limit` bytes.
    func uploaded(_ token: String, limit: Int) async throws -> [UInt8]? {
        try await onLane(token) {
            let file = try BlobFile(uploadPath(token), .read)
            let size = try file.status().size
            return size <= Int64(limit) ? try file.read(at: 0, length: Int(size)) : nil
        }
    }

    /// Ends the upload: what came is now a blob.
    public func finishUpload(_ token: String) async throws -> Blob {
        let (hash, size) = try await onLane(token) { () throws -> (String, Int64) in
            let file = try BlobFile(uploadPath(token), .read)
            var hash = SHA256()
            var offset: Int64 = 0
            while true {
                let part = try file.read(at: offset, length: Self.hashStepBytes)
                if part.isEmpty { break }
                hash.update(part)
                offset += Int64(part.count)
            }
            return (hash.hex(), offset)
        }
        try await onLane(hash) { try place(uploadPath(token), as: hash) }
        return Blob(hash: hash, sizeBytes: size)
    }

    /// Gives an upload up. One that is not there is given up already.
    public func discardUpload(_ token: String) async throws {
        try await onLane(token) { _ = unlink(try uploadPath(token)) }
    }
}
