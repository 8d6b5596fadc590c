import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The fuzzers' corpus, with every input that once broke something, run without a fuzzer.
@Suite("Replayed inputs")
struct ReplayTests {
    @Test("Nothing in the corpus breaks what must hold", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Corpus").appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count >= 10)
        for file in files.sorted() {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            bytes.withUnsafeBytes { target.run($0) }
            // The same, cut short: as when a peer dies in the middle.
            for count in [bytes.count / 2, bytes.count - 1] where count >= 0 {
                bytes.prefix(count).withUnsafeBytes { target.run($0) }
            }
        }
    }
}
