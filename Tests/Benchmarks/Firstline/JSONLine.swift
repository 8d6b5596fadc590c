import FoundationEssentials
import Glibc

/// Results go to standard output, one JSON object a line.
enum JSONLine {
    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(value) + Array("\n".utf8)
        try line.withUnsafeBytes { bytes in
            // A pipe takes a line of this length at once.
            guard write(1, bytes.baseAddress, bytes.count) == bytes.count else { throw OutputFailed() }
        }
    }

    struct OutputFailed: Error {}
}
