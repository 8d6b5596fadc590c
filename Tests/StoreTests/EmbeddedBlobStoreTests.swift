import FirstlineTesting
import FoundationEssentials
import Store
import Testing

@Suite("Blobs beside SQLite", .sqliteOnly)
struct EmbeddedBlobStoreTests {
    let temporary = TemporaryStore()
    let small = [UInt8](repeating: 1, count: BlobLimits.rowBytes)
    let large = [UInt8](repeating: 2, count: BlobLimits.rowBytes + 1)

    private var files: [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: "\(temporary.folder)/blobs"))?
            .filter { $0.utf8.count >= 64 } ?? []
    }

    @Test("The small are rows and the large are files, however they came, and all are read alike")
    func bySize() async throws {
        let store = try temporary.open()
        let blobs = store.blobs(folder: temporary.folder, clock: temporary.clock)
        for (bytes, count) in [(small, 0), (large, 1)] {
            let hash = try await blobs.put(bytes)
            #expect(files.count == count)
            #expect(try await blobs.size(of: hash) == Int64(bytes.count))
            #expect(try await blobs.read(hash, offset: 3, length: 4) == Array(bytes[3..<7]))
            #expect(try await blobs.all(hash, limit: bytes.count) == bytes)
            await #expect(throws: StoreError.tooLarge(limit: 9)) { try await blobs.all(hash, limit: 9) }
            let token = try await blobs.beginUpload()
            try await blobs.append(to: token, bytes, at: 0, limit: .max)
            #expect(try await blobs.finishUpload(token) == Blob(hash: hash, sizeBytes: Int64(bytes.count)))
            #expect(files.count == count)
            await #expect(throws: StoreError.noSuchBlob(token)) { try await blobs.uploadSize(token) }
        }
        let unknown = String(repeating: "a", count: 64)
        await #expect(throws: StoreError.noSuchBlob(unknown)) { try await blobs.read(unknown) }
        await store.close()
    }

    @Test("A small blob is durable with the transaction that names it, or not at all")
    func inTheTransaction() async throws {
        struct Refused: Error {}
        let store = try temporary.open()
        let blobs = store.blobs(folder: temporary.folder, clock: temporary.clock)
        let blob = try await blobs.prepare(small)
        await #expect(throws: StoreError.noSuchBlob(blob.hash)) { try await blobs.read(blob.hash) }
        await #expect(throws: Refused.self) {
            try await store.write("refuse") {
                try $0.keep(blob)
                throw Refused()
            }
        }
        await #expect(throws: StoreError.noSuchBlob(blob.hash)) { try await blobs.read(blob.hash) }
        // Twice in one transaction, and again in another: one blob.
        for _ in 0..<2 {
            try await store.write("keep") {
                try $0.keep(blob)
                try $0.keep(blob)
            }
        }
        #expect(try await blobs.hashes(after: "", limit: 10) == [blob.hash])
        #expect(try await blobs.read(blob.hash) == small)
        await store.close()
    }

    @Test("What an older release kept as a small file is read, listed, and becomes a row beside it when it comes again")
    func smallFiles() async throws {
        let hash = try await FileBlobStore(folder: temporary.folder, clock: temporary.clock).put(small)
        let store = try temporary.open()
        let blobs = store.blobs(folder: temporary.folder, clock: temporary.clock)
        for _ in 0..<2 {
            #expect(try await blobs.read(hash) == small)
            #expect(try await blobs.size(of: hash) == Int64(small.count))
            #expect(try await blobs.hashes(after: "", limit: 10) == [hash])
            #expect(try await blobs.put(small) == hash)
        }
        await store.close()
    }

    @Test("What nobody names goes after a day, from rows and from files")
    func collection() async throws {
        let store = try temporary.open()
        let blobs = store.blobs(folder: temporary.folder, clock: temporary.clock)
        let named = [try await blobs.put(small), try await blobs.put(large)]
        let unnamed = [try await blobs.put([3]), try await blobs.put(large + [3])]
        _ = try await blobs.beginUpload()
        #expect(try await blobs.collect { _ in [] } == 0)
        temporary.clock.advance(by: .milliseconds(BlobLimits.unnamedMilliseconds + 1))
        #expect(try await blobs.collect { Set($0).intersection(named) } == 3)
        #expect(try await blobs.hashes(after: "", limit: 10) == named.sorted())
        for hash in unnamed {
            await #expect(throws: StoreError.noSuchBlob(hash)) { try await blobs.read(hash) }
        }
        await store.close()
    }
}
