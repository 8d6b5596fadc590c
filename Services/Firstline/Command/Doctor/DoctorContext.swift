/// What every check is given.
struct DoctorContext: Sendable {
    let installation: Installation
    /// What `firstline up` wrote; nil when it does not run.
    let system: RunningSystem?
    /// Where services listen that run apart (by systemd, in containers), as the operator's run.json tells; nil when it does not.
    let listed: RunningSystem?
    /// Whether the services' folders, or their settings, do not come from the data folder.
    let isApart: Bool
    let nowMilliseconds: Int64
    /// Folder of the executables.
    let programs: String
    /// Also what takes long: every index, every blob's content.
    let isThorough: Bool
    /// Where the services will listen; the options of `firstline up`.
    let ports: PlannedPorts
    /// The services that have a folder.
    let services: [ServiceFolder]
    /// What each service's program says of itself, by service.
    let described: [String: ServiceProgram.Description]
    /// What each service's store told, by service.
    let stores: [String: StoreAnswers]

    /// The stores that services may serve: not those that are being filled from another.
    var served: [String: StoreAnswers] { stores.filter { $0.value.facts?.move == nil } }

    /// A file that a setting of the service's names, or where it lies by default: in `certs` beside the service's folder.
    func file(_ word: String, of service: ServiceFolder, orCertificate name: String) -> String {
        if case .fine(let program) = described[service.name], let path = program.places?.files[word] { return path }
        // The unit's folder of a service has its certificates alone.
        if let path = service.settings?["FIRSTLINE_" + word.uppercased().replacing("-", with: "_")] { return path }
        guard let end = service.path.lastIndex(of: "/") else { return installation.certificates + "/" + name }
        return "\(service.path[..<end])/certs/\(name)"
    }

    /// The Maildir that outbound mail is written to.
    var outbox: String {
        guard let service = services.first(where: { $0.name == "notification" }),
            case .fine(let program) = described["notification"], let path = program.places?.files["outbox"]
        else { return installation.outbox }
        return path.hasPrefix("/") ? path : "\(service.path)/\(path)"
    }

    var isRunning: Bool { system != nil || services.contains { $0.process != nil } }
}
