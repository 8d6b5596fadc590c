import FoundationEssentials
import Store

/// Whether every blob that a store names is there, and whether there are others that nobody names.
struct BlobsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var counted = 0
        for service in context.services {
            guard let store = context.served[service.name], let inspector = store.inspector else { continue }
            do {
                guard let names = try BlobNames(service: service.name, store: inspector) else { continue }
                let kept = try Self.kept(folder: service.path, schema: store.database?.schema, inspector)
                var survey = BlobSurvey(kept, names: names, context: context)
                try survey.lookAtAll()
                findings += survey.findings(service.name)
                counted += survey.counted
            } catch {
                findings.append(
                    Finding(
                        .warning, "blobs_unchecked", service: service.name,
                        "the look at its files did not come to its end: \(StoreAnswers.said(error))",
                        advice: "mend its store first; else repeat it with the service stopped"))
            }
        }
        return CheckReport(
            "blobs", .data,
            "\(counted) named files are there\(context.isThorough ? ", with the content of their names" : "")", findings
        )
    }

    /// - Parameter schema: where the store is PostgreSQL's.
    private static func kept(
        folder: String, schema: String?, _ inspector: any StoreInspector
    ) throws -> any KeptBlobs {
        let files = BlobFiles(folder: folder)
        guard try inspector.has(table: "store_blob") else { return files }
        let rows = BlobsInRows(inspector: inspector, database: schema ?? "\(folder)/store.sqlite")
        return schema == nil ? EmbeddedBlobs(rows: rows, files: files) : rows
    }
}
