import FoundationEssentials
import Store

/// Whether every blob that a store names is there, and whether there are others that nobody names.
struct BlobsCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        var findings: [Finding] = []
        var counted = 0
        for service in context.services {
            guard let store = context.served[service.name], let inspector = store.inspector,
                let names = BlobNames(service: service.name, store: inspector)
            else { continue }
            let kept: any KeptBlobs =
                if let database = store.database, let rows = database.inspector {
                    BlobsInDatabase(inspector: rows, schema: database.schema)
                } else {
                    BlobFiles(folder: service.path)
                }
            var survey = BlobSurvey(kept, names: names, context: context)
            do {
                try survey.lookAtAll()
                findings += survey.findings(service.name)
            } catch {
                findings.append(
                    Finding(
                        .warning, "blobs_unchecked", service: service.name,
                        "the look at its files did not come to its end: \(StoreAnswers.said(error))",
                        advice: "mend its store first; else repeat it with the service stopped"))
            }
            counted += survey.counted
        }
        return CheckReport(
            "blobs", .data,
            "\(counted) named files are there\(context.isThorough ? ", with the content of their names" : "")", findings
        )
    }
}
