import ArgumentParser

/// The options of `firstline up`, which `deploy/up` hands on.
struct UpOptions: ParsableArguments {
    static let usualHTTP = "127.0.0.1:8080"
    static let usualBasePort = 7400

    @Option(help: ArgumentHelp("Where the gateway listens; port 0 takes a free one.", valueName: "addr:port"))
    var http = usualHTTP

    @Option(
        help: ArgumentHelp(
            "Intake's RPC listens at N+1, Routing's at N+2, SLA timer's at N+3, Notification's at N+4, Gateway's at N+5; each service's admin HTTP 100 above; LMTP at N+24; 0 takes free ports.",
            valueName: "n"))
    var basePort = usualBasePort

    @Option(
        help: ArgumentHelp(
            "Mail server for outbound mail, as smtp://host:port or smtps://host:port, or several with commas between them, the first of which that can be reached is used; user and password from FIRSTLINE_SMTP_USER and FIRSTLINE_SMTP_PASSWORD. None: outbound mail is written to DATA/outbox/new and never leaves the machine.",
            valueName: "url"))
    var smtp: String?

    @Flag(help: "Fill an empty desk with a believable company.")
    var demo = false

    @Flag(help: "RPC without TLS, on the loopback only.")
    var insecureLoopback = false
}
