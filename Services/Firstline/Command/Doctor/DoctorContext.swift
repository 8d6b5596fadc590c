/// What every check is given.
struct DoctorContext: Sendable {
    let installation: Installation
    /// What `firstline up` wrote; nil when it does not run.
    let system: RunningSystem?
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

    var isRunning: Bool { system != nil || services.contains { $0.process != nil } }
}
