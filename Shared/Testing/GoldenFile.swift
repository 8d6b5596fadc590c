import FoundationEssentials

/// A text that is checked in, in `Tests/Golden`, so that each change of it is seen and meant.
///
/// `FIRSTLINE_UPDATE_GOLDEN=1` writes the file instead of comparing it.
public struct GoldenFile {
    /// A text differs from the checked-in one.
    public struct Difference: Error, CustomStringConvertible {
        public let description: String
    }

    private let path: String

    /// - Parameter name: the file's name, as "store-schema.sql".
    public init(_ name: String, testFile: String = #filePath) {
        let parts = testFile.split(separator: "/", omittingEmptySubsequences: false)
        let tests = parts.prefix { $0 != "Tests" }.joined(separator: "/")
        path = "\(tests)/Tests/Golden/\(name)"
    }

    /// Throws ``Difference`` with the first line that differs.
    public func check(_ text: String) throws {
        if ProcessInfo.processInfo.environment["FIRSTLINE_UPDATE_GOLDEN"] == "1" {
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Difference(description: "\(path) is missing; FIRSTLINE_UPDATE_GOLDEN=1 writes it")
        }
        let wanted = String(decoding: data, as: UTF8.self)
        if wanted == text { return }
        let old = wanted.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line =
            zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        let (was, found) = (line < old.count ? old[line] : "(end)", line < new.count ? new[line] : "(end)")
        throw Difference(description: "differs from \(path) in line \(line + 1): wanted \(was), found \(found)")
    }
}
