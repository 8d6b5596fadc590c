/// One service as the supervisor starts it.
struct ServicePlan: Sendable {
    var addresses: RunningSystem.Service
    /// Path of the executable.
    var executable: String
    var arguments: [String]

    var name: String { addresses.name }
}
