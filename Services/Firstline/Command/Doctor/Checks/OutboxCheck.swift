import Glibc

/// Whether outbound mail can be written, where it is written to files.
struct OutboxCheck: DoctorCheck {
    /// A mail that was cut short is left in `tmp`; a Maildir's readers remove such after 36 hours.
    static let staleMilliseconds: Int64 = 36 * 3_600 * 1_000

    func run(_ context: DoctorContext) async -> CheckReport {
        let outbox = context.outbox
        guard FileStatus(outbox) != nil else {
            return CheckReport("outbox", .machine, "there is none (mail goes out by SMTP, or nothing was sent yet)", [])
        }
        var findings: [Finding] = []
        for part in ["tmp", "new", "cur"] {
            let folder = "\(outbox)/\(part)"
            if FileStatus(folder) == nil {
                findings.append(
                    Finding(
                        .error, "outbox_part", service: "notification",
                        "\(folder) is not there: no mail can be written",
                        advice: "restart the notification service, which makes it"))
            } else if part != "cur", let problem = TrialFile.problem(in: folder) {
                let found = FoldersCheck.finding(folder, problem)
                findings.append(
                    Finding(.error, "outbox_unwritable", service: "notification", found.text, advice: found.advice))
            }
        }
        let oldest = context.nowMilliseconds - Self.staleMilliseconds
        let stale = Folders.names("\(outbox)/tmp").filter {
            FileStatus("\(outbox)/tmp/\($0)").map { $0.changedAtMilliseconds < oldest } ?? false
        }
        if !stale.isEmpty {
            findings.append(
                Finding(
                    .note, "outbox_stale", service: "notification",
                    "\(stale.count) mails in \(outbox)/tmp were cut short long ago",
                    advice: "remove them: each was written again under its own name"))
        }
        return CheckReport(
            "outbox", .machine, "\(Folders.names(outbox + "/new").count) mails in \(outbox)/new", findings)
    }
}
