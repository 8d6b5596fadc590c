import FoundationEssentials
import Glibc

/// What /proc tells of a process (proc(5)).
enum Processes {
    static func isAlive(_ process: Int32) -> Bool {
        process > 0 && (kill(process, 0) == 0 || errno == EPERM)
    }

    /// "4711 (nginx)", as far as it can be known.
    static func described(_ process: Int32) -> String {
        let name = text("/proc/\(process)/comm").map { String($0.prefix { !$0.isNewline }) } ?? ""
        return name.isEmpty ? "\(process)" : "\(process) (\(name))"
    }

    /// The command line without the program's own name; nil where it may not be read.
    static func arguments(_ process: Int32) -> [String]? {
        strings("/proc/\(process)/cmdline").map { Array($0.dropFirst()) }
    }

    /// The program's name as it was started; nil where there is no such process.
    static func program(_ process: Int32) -> String? { strings("/proc/\(process)/cmdline")?.first }

    static func environment(_ process: Int32) -> [String: String]? {
        strings("/proc/\(process)/environ").map { settings in
            var environment: [String: String] = [:]
            for setting in settings {
                guard let sign = setting.firstIndex(of: "=") else { continue }
                environment[String(setting[..<sign])] = String(setting[setting.index(after: sign)...])
            }
            return environment
        }
    }

    private static func strings(_ path: String) -> [String]? {
        guard let text = text(path), !text.isEmpty else { return nil }
        return text.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
