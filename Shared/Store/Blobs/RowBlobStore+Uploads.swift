extension RowBlobStore {
    public func beginUpload() async throws -> String {
        let token = Hex.randomToken()
        try await store.write("upload.begin") { transaction in
            let content = try transaction.nextID(Self.counter)
            try transaction.execute(
                "INSERT INTO store_upload (token, content_id, size_bytes, kept_at_ms) VALUES (?, ?, 0, ?)",
                [.text(token), .integer(content), .integer(transaction.nowMilliseconds)])
        }
        return token
    }

    public func uploadSize(_ token: String) async throws -> Int64 {
        try await store.read { try $0.upload(token).size }
    }

    @discardableResult
    public func append(to token: String, _ bytes: [UInt8], at offset: Int64, limit: Int64) async throws -> Int64 {
        try await store.write("upload.append") { transaction in
            let upload = try transaction.upload(token)
            guard offset == upload.size else { throw StoreError.wrongOffset(expected: upload.size) }
            let size = upload.size + Int64(bytes.count)
            guard size <= limit else { throw StoreError.tooLarge(limit: limit) }
            try transaction.addParts(bytes, to: upload.content, at: offset)
            try transaction.execute(
                "UPDATE store_upload SET size_bytes = ?, kept_at_ms = ? WHERE token = ?",
                [.integer(size), .integer(transaction.nowMilliseconds), .text(token)])
            return size
        }
    }

    public func finishUpload(_ token: String) async throws -> Blob {
        let (upload, hash) = try await store.read { reader in
            let upload = try reader.upload(token)
            var hash = SHA256()
            var offset: Int64 = 0
            while offset < upload.size {
                let part = try reader.bytes(of: upload.content, from: offset, count: Self.partBytes)
                if part.isEmpty { break }
                hash.update(part)
                offset += Int64(part.count)
            }
            return (upload, hash.hex())
        }
        return try await store.write("upload.finish") { transaction in
            let now = try transaction.upload(token)
            guard now == upload else { throw StoreError.wrongOffset(expected: now.size) }
            if try transaction.keepExisting(hash) {
                try transaction.removeParts(of: upload.content)
            } else {
                try transaction.insertBlob(hash, content: upload.content, size: upload.size)
            }
            try transaction.execute("DELETE FROM store_upload WHERE token = ?", [.text(token)])
            return Blob(hash: hash, sizeBytes: upload.size)
        }
    }

    public func discardUpload(_ token: String) async throws {
        try await store.write("upload.discard") { transaction in
            guard let upload = try? transaction.upload(token) else { return }
            try transaction.removeParts(of: upload.content)
            try transaction.execute("DELETE FROM store_upload WHERE token = ?", [.text(token)])
        }
    }
}
