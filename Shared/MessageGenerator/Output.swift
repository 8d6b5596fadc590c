import FoundationEssentials

/// Where generated sources go.
struct Output {
    /// The root that paths are relative to: the repository, or a copy of its shape.
    let folder: String

    func write(_ path: String, _ text: String) throws {
        try write(Array(text.utf8), to: "\(folder)/\(path)")
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }
}
