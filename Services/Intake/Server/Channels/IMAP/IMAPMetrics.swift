import ServiceKit

/// What fetching by IMAP counts.
struct IMAPMetrics: Sendable {
    let mails: Counter
    let faults: Counter
    let failing: Gauge

    init(_ metrics: MetricsRegistry) {
        mails = metrics.counter(
            "firstline_imap_mails_total", help: "Mails of mailboxes fetched by IMAP, by what became of them.",
            labels: ["outcome"])
        faults = metrics.counter(
            "firstline_imap_faults_total", help: "Faults in fetching by IMAP, by their code.", labels: ["code"])
        failing = metrics.gauge(
            "firstline_imap_failing", help: "1 while a mailbox cannot be fetched by IMAP, 0 once it can again.",
            labels: ["mailbox_id"])
    }

    func count(_ outcome: MailOutcome) {
        guard outcome.suspendedMailID == 0 else { return mails.increment(["suspended"]) }
        mails.increment([outcome.isRepeated ? "repeated" : outcome.isQuarantined ? "quarantined" : "stored"])
    }
}
