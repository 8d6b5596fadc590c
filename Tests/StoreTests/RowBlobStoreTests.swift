import FirstlineTesting
import Store
import Testing

@Suite("Blobs in rows")
struct RowBlobStoreTests {
    let temporary = TemporaryStore()

    @Test("A blob is named by its SHA-256, kept once, and read in ranges across its parts")
    func putAndRead() async throws {
        let store = try temporary.open()
        let blobs = RowBlobStore(store)
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let hash = try await blobs.put(bytes)
        #expect(try await blobs.put(bytes) == hash)
        #expect(try await blobs.size(of: hash) == 700_000)
        #expect(try await blobs.read(hash) == bytes)
        #expect(try await blobs.read(hash, offset: 262_140, length: 9) == Array(bytes[262_140..<262_149]))
        #expect(try await blobs.read(hash, offset: 700_000).isEmpty)
        await #expect(throws: StoreError.tooLarge(limit: 9)) { try await blobs.all(hash, limit: 9) }
        await #expect(throws: StoreError.noSuchBlob("no")) { try await blobs.size(of: "no") }
        #expect(try await blobs.all(blobs.put([]), limit: 0).isEmpty)
        await store.close()
    }

    @Test("An upload comes in chunks, goes on where it stopped, and becomes the same blob")
    func upload() async throws {
        let store = try temporary.open()
        let blobs = RowBlobStore(store)
        let token = try await blobs.beginUpload()
        let part = [UInt8](repeating: 5, count: 300_000)
        #expect(try await blobs.append(to: token, part, at: 0, limit: 1_000_000) == 300_000)
        await #expect(throws: StoreError.wrongOffset(expected: 300_000)) {
            try await blobs.append(to: token, part, at: 0, limit: 1_000_000)
        }
        #expect(try await blobs.append(to: token, part, at: blobs.uploadSize(token), limit: 1_000_000) == 600_000)
        await #expect(throws: StoreError.tooLarge(limit: 700_000)) {
            try await blobs.append(to: token, part, at: 600_000, limit: 700_000)
        }
        let stored = try await blobs.finishUpload(token)
        #expect(stored.sizeBytes == 600_000)
        #expect(try await blobs.put(part + part) == stored.hash)
        await #expect(throws: StoreError.noSuchBlob(token)) { try await blobs.uploadSize(token) }
        await store.close()
    }

    @Test("What nobody names goes after a day; what is named or young stays")
    func collection() async throws {
        let store = try temporary.open()
        let blobs = RowBlobStore(store)
        let named = try await blobs.put([1])
        let unnamed = try await blobs.put([2])
        let upload = try await blobs.beginUpload()
        temporary.clock.advance(by: .milliseconds(BlobLimits.unnamedMilliseconds + 1))
        let young = try await blobs.put([3])
        #expect(try await blobs.collect { Set($0).intersection([named]) } == 2)
        #expect(try await blobs.read(named) == [1])
        #expect(try await blobs.read(young) == [3])
        await #expect(throws: StoreError.noSuchBlob(unnamed)) { try await blobs.read(unnamed) }
        await #expect(throws: StoreError.noSuchBlob(upload)) { try await blobs.uploadSize(upload) }
        await store.close()
    }
}
