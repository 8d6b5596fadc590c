import Foundation
import Logging
import Mail
import Subprocess
import SystemPackage

/// Unpacks Outlook's own wrapper (TNEF) by the program `tnef`, where that is installed: run aside, in a folder of its own, with bounds on time and
/// size. Whatever goes wrong, the wrapper stays what it was: a file.
struct WinmailUnpacker: Sendable {
    private static let program = "tnef"
    private static let deadline: Duration = .seconds(10)
    /// What the unpacked files may have together, in bytes.
    private static let largestBytes = 64 * 1024 * 1024
    private static let mostFiles = 100

    let programPath: String
    /// Where the folders are made.
    let folder: String
    let logger: Logger

    /// - Returns: nil where the program is not installed.
    init?(folder: String, searchPath: String, logger: Logger) {
        let paths = searchPath.split(separator: ":").map { "\($0)/\(Self.program)" }
        guard let path = paths.first(where: { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) })
        else { return nil }
        self.folder = folder
        self.logger = logger
        programPath = path
    }

    /// The files in a wrapper.
    /// - Parameter withBody: also the text that it holds, as a file.
    func files(in wrapper: [UInt8], withBody: Bool) async -> [MailAttachment] {
        var template = Array("\(folder)/winmail-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            logger.error("winmail.dat was not unpacked: no folder", metadata: ["error": "\(errno)"])
            return []
        }
        let own = String(cString: made)
        defer { try? FileManager.default.removeItem(atPath: own) }
        do {
            let input = "\(own)/wrapper"
            let output = "\(own)/files"
            guard FileManager.default.createFile(atPath: input, contents: Data(wrapper)) else { return [] }
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
            try await run(input, output, withBody: withBody)
            // What is whole was written, even where the program then stumbled.
            return try Self.read(output)
        } catch {
            logger.warning("winmail.dat was not unpacked", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func run(_ input: String, _ output: String, withBody: Bool) async throws {
        var arguments = [
            "--file=\(input)", "--directory=\(output)", "--number-backups", "--maxsize=\(Self.largestBytes)",
        ]
        if withBody { arguments += ["--save-body", "--body-pref=ALL"] }
        var options = PlatformOptions()
        options.teardownSequence = []
        let (path, given, platform) = (FilePath(programPath), Arguments(arguments), options)
        // Cancelled, the child is killed.
        await withTaskGroup { group in
            group.addTask {
                _ = try? await Subprocess.run(
                    .path(path), arguments: given, environment: .custom([:] as [Environment.Key: String]),
                    platformOptions: platform, output: .discarded, error: .discarded)
            }
            group.addTask { try? await Task.sleep(for: Self.deadline) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Plain files alone, by cleaned names.
    private static func read(_ folder: String) throws -> [MailAttachment] {
        var files: [MailAttachment] = []
        var left = largestBytes
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(mostFiles) {
            let descriptor = open("\(folder)/\(name)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= left
            else { continue }
            let content = try handle.readToEnd() ?? Data()
            left -= content.count
            // The program writes a path's separators so.
            let name = name.replacing("%2F", with: "/")
            let type = contentType(of: name)
            files.append(
                MailAttachment(
                    filename: Filename.cleaned(name, contentType: type), contentType: type, bytes: [UInt8](content)))
        }
        return files
    }

    /// By the ending: the wrapper seldom says more.
    private static func contentType(of name: String) -> String {
        let ending = name.split(separator: ".").last?.lowercased() ?? ""
        return types[ending] ?? "application/octet-stream"
    }

    private static let types = [
        "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "txt": "text/plain", "csv": "text/csv", "rtf": "application/rtf", "zip": "application/zip",
        "doc": "application/msword", "xls": "application/vnd.ms-excel",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ics": "text/calendar", "vcf": "text/vcard", "eml": "message/rfc822",
    ]
}
