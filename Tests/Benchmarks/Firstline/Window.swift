/// When a measurement begins and ends.
struct Window: Sendable {
    let start: ContinuousClock.Instant
    let end: ContinuousClock.Instant

    init(warmUpSeconds: Double, seconds: Double) {
        start = .now + .seconds(warmUpSeconds)
        end = start + .seconds(seconds)
    }

    /// The processor time that this process takes within the window.
    func processorTime() async throws -> Duration {
        try await Task.sleep(until: start, clock: .continuous)
        let atStart = ProcessorTime.now
        try await Task.sleep(until: end, clock: .continuous)
        return ProcessorTime.now - atStart
    }
}
