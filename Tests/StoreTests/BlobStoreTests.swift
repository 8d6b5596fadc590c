import FirstlineTesting
import FoundationEssentials
import Store
import Testing

@Suite("Blobs in files", .sqliteOnly)
struct BlobStoreTests {
    let temporary = TemporaryStore()
    var blobs: FileBlobStore { FileBlobStore(folder: temporary.folder, clock: temporary.clock) }

    private func files(_ folder: String) -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: "\(temporary.folder)/\(folder)"))?
            .filter { $0.utf8.count >= 32 } ?? []
    }

    @Test("A blob is named by its SHA-256, kept once, and read in ranges")
    func putAndRead() async throws {
        let blobs = blobs
        let hash = try await blobs.put(Array("abc".utf8))
        #expect(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")  // FIPS 180-4, example
        #expect(try await blobs.put(Array("abc".utf8)) == hash)
        #expect(files("blobs").count == 1)
        #expect(files("uploads").isEmpty)
        #expect(try await blobs.size(of: hash) == 3)
        #expect(try await blobs.read(hash) == Array("abc".utf8))
        #expect(try await blobs.read(hash, offset: 1, length: 1) == Array("b".utf8))
        #expect(try await blobs.read(hash, offset: 9).isEmpty)
        #expect(try await self.blobs.all(hash, limit: 3) == Array("abc".utf8))
        await #expect(throws: StoreError.tooLarge(limit: 2)) { try await blobs.all(hash, limit: 2) }
        let empty = try await blobs.put([])
        #expect(try await blobs.read(empty).isEmpty)
    }

    @Test("The same content put by many at once is one file")
    func concurrent() async throws {
        let blobs = blobs
        let bytes = [UInt8](repeating: 9, count: 100_000)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await blobs.put(bytes) } }
            let hashes = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(hashes.count == 1)
        }
        #expect(files("blobs").count == 1)
        #expect(files("uploads").isEmpty)
    }

    @Test(
        "Unknown hashes, and names that are no hashes, are not found",
        arguments: ["", "../lock", String(repeating: "a", count: 64)])
    func notFound(_ hash: String) async throws {
        await #expect(throws: StoreError.noSuchBlob(hash)) { try await blobs.read(hash) }
        await #expect(throws: StoreError.self) { try await blobs.uploadSize(hash) }
    }

    @Test("An upload comes in chunks, goes on where it stopped, and becomes the same blob")
    func upload() async throws {
        let token = try await blobs.beginUpload()
        let part = [UInt8](repeating: 5, count: 300_000)
        #expect(try await blobs.append(to: token, part, at: 0, limit: 1_000_000) == 300_000)
        await #expect(throws: StoreError.wrongOffset(expected: 300_000)) {
            try await blobs.append(to: token, part, at: 0, limit: 1_000_000)
        }
        // Another process opens the same folder, asks how far it came, and goes on.
        let later = FileBlobStore(folder: temporary.folder, clock: temporary.clock)
        let size = try await later.uploadSize(token)
        #expect(try await later.append(to: token, part, at: size, limit: 1_000_000) == 600_000)
        await #expect(throws: StoreError.tooLarge(limit: 700_000)) {
            try await later.append(to: token, part, at: 600_000, limit: 700_000)
        }
        let stored = try await later.finishUpload(token)
        #expect(stored.sizeBytes == 600_000)
        #expect(try await blobs.put(part + part) == stored.hash)
        #expect(files("blobs").count == 1)
        await #expect(throws: StoreError.noSuchBlob(token)) { try await later.finishUpload(token) }
        let given = try await later.beginUpload()
        try await later.discardUpload(given)
        try await later.discardUpload(given)
        #expect(files("uploads").isEmpty)
    }

    @Test("What nobody names goes after a day; what is named, young or put again stays")
    func collection() async throws {
        let blobs = blobs
        let named = try await blobs.put([1])
        let unnamed = try await blobs.put([2])
        let again = try await blobs.put([3])
        _ = try await blobs.beginUpload()
        #expect(try await blobs.collect { _ in [] } == 0)
        temporary.clock.advance(by: .seconds(24 * 3600 + 1))
        #expect(try await blobs.put([3]) == again)
        let young = try await blobs.put([4])
        #expect(try await blobs.collect { _ in [named] } == 2)
        #expect(try await blobs.read(named) == [1])
        #expect(try await blobs.read(again) == [3])
        #expect(try await blobs.read(young) == [4])
        await #expect(throws: StoreError.noSuchBlob(unnamed)) { try await blobs.read(unnamed) }
    }
}
