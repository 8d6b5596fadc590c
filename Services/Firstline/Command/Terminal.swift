import Glibc

/// The two streams that the command writes to, unbuffered.
enum Terminal {
    static func print(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    static func complain(_ line: String) {
        write("firstline: " + line + "\n", to: STDERR_FILENO)
    }

    /// Says how far long work has come, on a terminal alone.
    @Sendable static func progress(_ line: String) {
        if isatty(STDERR_FILENO) == 1 { write(line + "\n", to: STDERR_FILENO) }
    }

    /// Prints rows in aligned columns under their headings.
    static func table(_ headings: [String], _ rows: [[String]]) {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        for row in all {
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column + 1 < row.count {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            print(line)
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
