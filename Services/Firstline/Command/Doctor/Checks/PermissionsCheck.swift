import FoundationEssentials
import Glibc

/// Whether what is secret is its owner's alone, and whether everything is of one owner.
struct PermissionsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        let installation = context.installation
        var findings: [Finding] = []
        let keys = Folders.names(installation.certificates).filter { $0.hasSuffix(".key") }
        var secrets =
            [installation.adminToken, installation.principalPrivateKey]
            + keys.map { "\(installation.certificates)/\($0)" }
        if context.isApart {
            secrets += context.services.map { context.file("tls-key", of: $0, orCertificate: "\($0.name).key") }
            secrets += context.services.filter { $0.name == "gateway" }.flatMap { gateway in
                ["admin-token-file", "principal-signing-key"].map { context.file($0, of: gateway, orCertificate: $0) }
            }
            secrets = Set(secrets).filter { FileStatus($0) != nil }.sorted()
        }
        for path in secrets {
            if let mode = FileStatus(path)?.mode { findings += Self.secret(path, mode: mode) }
        }
        let folders =
            [installation.folder, installation.certificates].filter { !context.isApart || FileStatus($0) != nil }
            + context.services.map(\.path)
        for path in folders {
            if let mode = FileStatus(path)?.mode { findings += Self.folder(path, mode: mode) }
        }
        if !context.isApart, FileStatus(installation.adminToken) == nil,
            context.services.contains(where: { $0.name == "gateway" && $0.hasStore })
        {
            findings.append(
                Finding(
                    .note, "admin_token_absent", "there is no \(installation.adminToken)",
                    advice: "nothing, if it was removed on purpose; `firstline token create --role admin` makes another"
                ))
        }
        for service in context.services { findings += foreign(service) }
        return CheckReport(
            "permissions", .settings, "\(secrets.count) secrets and \(folders.count) folders are their owner's alone",
            findings)
    }

    /// - Parameter mode: the permission bits.
    static func secret(_ path: String, mode: UInt32) -> [Finding] {
        guard mode & 0o077 != 0 else { return [] }
        return [
            Finding(
                .error, "secret_readable", "\(path) has mode \(octal(mode)): others on this machine can read it",
                advice:
                    "chmod 600 \(path); if others may have read it, replace it too (`firstline token revoke`, `firstline certs rotate`)"
            )
        ]
    }

    static func folder(_ path: String, mode: UInt32) -> [Finding] {
        guard mode & 0o077 != 0 else { return [] }
        return [
            Finding(
                mode & 0o022 != 0 ? .error : .warning, "folder_open",
                "\(path) has mode \(octal(mode)): others on this machine can \(mode & 0o022 != 0 ? "change" : "look into") it",
                advice: "chmod 700 \(path)")
        ]
    }

    /// Files of a store that are not of the folder's owner, as after a start by root.
    private func foreign(_ service: ServiceFolder) -> [Finding] {
        guard let owner = FileStatus(service.path)?.owner else { return [] }
        let names = ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "lock", "blobs", "uploads"]
        let foreign = names.filter { name in FileStatus("\(service.path)/\(name)").map { $0.owner != owner } ?? false }
        guard !foreign.isEmpty else { return [] }
        return [
            Finding(
                .warning, "owner_differs", service: service.name,
                "\(foreign.joined(separator: ", ")) in \(service.path) belong to another user than the folder (\(owner))",
                advice: "chown -R \(owner) \(service.path), and start the services as that user alone")
        ]
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
