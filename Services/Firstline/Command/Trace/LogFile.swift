import Glibc

/// A log, read line by line without holding it.
struct LogFile {
    /// A longer line is none of ours, and is passed over.
    static let limitLineBytes = 1024 * 1024
    private static let chunkBytes = 256 * 1024

    /// `-` is standard input.
    let path: String

    /// Calls `take` with each line, without its end.
    /// - Throws: `CommandFailure` where it cannot be read; what `take` throws.
    func forEachLine(_ take: ([UInt8]) throws -> Void) throws {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { break }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end]
                if !isTooLong, line.count <= Self.limitLineBytes { try take(line) }
                line.removeAll(keepingCapacity: true)
                isTooLong = false
                rest = rest[(end + 1)...]
            }
            line += rest
            if line.count > Self.limitLineBytes {
                line.removeAll(keepingCapacity: true)
                isTooLong = true
            }
        }
        if !isTooLong, !line.isEmpty { try take(line) }
    }

    private func failure() -> CommandFailure {
        CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))", ExitStatus.noInput)
    }
}
