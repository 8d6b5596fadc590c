import ArgumentParser
import FoundationEssentials

/// All that the doctor found.
struct Diagnosis: Sendable {
    var data: String
    var isRunning: Bool
    var reports: [CheckReport]

    /// 0 without errors; else by what is broken, stored data before settings before the machine.
    var status: ExitCode? {
        let broken = Set(reports.filter { $0.severity == .error }.map(\.area))
        return CheckReport.Area.allCases.first(where: broken.contains).map(\.exitStatus)
    }

    /// One line a check, and two for each finding.
    var text: String {
        let width = reports.map(\.name.count).max() ?? 0
        var lines: [String] = []
        for report in reports {
            let count = report.findings.count
            let counted = count == 0 ? "" : "\(count) finding\(count == 1 ? "" : "s")"
            let summary = [report.summary, counted].filter { !$0.isEmpty }.joined(separator: "; ")
            lines.append("\(padded(report.severity.rawValue, 8)) \(padded(report.name, width))  \(summary)")
            for finding in report.findings.sorted(by: { $0.severity > $1.severity }) {
                let subject = finding.service.isEmpty ? "" : "\(finding.service): "
                lines.append("    \(padded(finding.severity.rawValue, 8)) \(subject)\(finding.text)")
                lines.append("    \(padded("", 8)) -> \(finding.advice)")
            }
        }
        return lines.joined(separator: "\n")
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let form = Form(
            data: data, running: isRunning, severity: reports.map(\.severity).max() ?? .ok,
            checks: reports.map {
                .init(name: $0.name, severity: $0.severity, summary: $0.summary, findings: $0.findings)
            })
        return String(decoding: try encoder.encode(form), as: UTF8.self)
    }

    private struct Form: Encodable {
        struct Check: Encodable {
            var name: String
            var severity: Severity
            var summary: String
            var findings: [Finding]
        }

        var data: String
        var running: Bool
        var severity: Severity
        var checks: [Check]
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension CheckReport.Area {
    fileprivate var exitStatus: ExitCode {
        switch self {
        case .data: ExitStatus.dataError
        case .settings: ExitStatus.badSettings
        case .machine: ExitStatus.software
        }
    }
}
