import SystemPackage

/// Small files, read and replaced whole.
public enum SystemFile {
    /// The whole file as text.
    /// - Throws: `Errno`; `Errno.fileTooLarge` beyond `limit` bytes.
    public static func read(_ path: String, limit: Int) throws -> String {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        defer { try? file.close() }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 16 * 1_024) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
        }
        throw Errno.fileTooLarge
    }
}
