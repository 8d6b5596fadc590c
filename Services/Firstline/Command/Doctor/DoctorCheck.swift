/// One thing that the doctor looks after.
protocol DoctorCheck: Sendable {
    func run(_ context: DoctorContext) async -> CheckReport
}
