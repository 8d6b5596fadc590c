import Glibc

/// Whether a file can be made in each folder, and made durable.
struct FoldersCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        let folders = [context.installation.folder] + context.services.map(\.path)
        return CheckReport(
            "folders", .machine, "\(folders.count) can be written to, durably",
            folders.compactMap { folder in
                TrialFile.problem(in: folder).map { Self.finding(folder, $0) }
            })
    }

    static func finding(_ folder: String, _ problem: TrialFile.Problem) -> Finding {
        let advice =
            switch problem.code {
            case EROFS: "mount it for writing; if it turned read-only by itself, look for I/O errors in dmesg"
            case ENOSPC, EDQUOT: "make room or grow the disk (or the quota)"
            case EACCES, EPERM: "give the folder to the user who runs the services: chown -R USER \(folder)"
            default: "look for I/O errors in dmesg, and replace the disk when there are some"
            }
        return Finding(
            .error, "folder_unwritable",
            "\(folder): \(problem.action): \(String(cString: strerror(problem.code)))", advice: advice)
    }
}
