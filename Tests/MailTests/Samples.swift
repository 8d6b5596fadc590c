import Foundation

/// Collections of real mail that may lie beside the repository; tests pass without them.
enum Samples {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["FIRSTLINE_TEST_SAMPLES"] {
            return URL(fileURLWithPath: path)
        }
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared/samples")
    }()

    static let mails = files(in: "mail", ending: "eml")
    static let replies = files(in: "replies", ending: "txt")

    static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: path))).map { Array($0) }
    }

    private static func files(in name: String, ending: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.appending(path: name).path)?.allObjects ?? []
        return all.compactMap { $0 as? String }.filter { $0.hasSuffix("." + ending) }.sorted().map { "\(name)/\($0)" }
    }
}

extension [UInt8] {
    /// A mail written with plain line ends in a test.
    static func mail(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }
}
