import ArgumentParser
import Model
import NIOPosix
import RPC
import Wire

/// Makes unary calls: so many callers, each of which waits for its answer before it asks again.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "client", abstract: "Makes unary calls.")

    @OptionGroup var options: ClientOptions

    @Option(help: "Calls in flight.")
    var inFlight = 16

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = try options.makeClient(on: group)
        let window = Window(warmUpSeconds: options.warmUpSeconds, seconds: options.seconds)
        async let processorTime = window.processorTime()
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { tasks in
            for caller in 0..<inFlight {
                tasks.addTask(executorPreference: client.executor) {
                    try await call(IntakeClient(client), caller: caller, window)
                }
            }
            return try await tasks.reduce(into: Latencies()) { $0.add($1) }
        }
        try JSONLine.print(Result(latencies, seconds: options.seconds, processorTime: try await processorTime))
        client.close()
    }

    private func call(_ intake: IntakeClient, caller: Int, _ window: Window) async throws -> Latencies {
        let metadata = options.metadata
        var latencies = Latencies()
        var last = ContinuousClock.now
        while last < window.end {
            try await createTicket(intake, metadata, key: "benchmark-caller-\(caller)-\(latencies.total)")
            let now = ContinuousClock.now
            latencies.add(last, now, within: window)
            last = now
        }
        return latencies
    }

    private func createTicket(_ intake: IntakeClient, _ metadata: Metadata, key: String) async throws {
        var metadata = metadata
        metadata[Metadata.idempotencyKey] = key
        let reply = try await intake.createTicket(Samples.request, CallOptions(metadata: metadata))
        guard let ticket = reply.ticket, ticket.id == Samples.ticket.id else {
            preconditionFailure("the answer is the server's ticket")
        }
    }

    private struct Result: Encodable {
        var calls: Int
        var callsWithWarmUp: Int
        var seconds: Double
        var callsPerSecond: Double
        var p50Microseconds: Double
        var p99Microseconds: Double
        var processorMicrosecondsPerCall: Double

        enum CodingKeys: String, CodingKey {
            case calls
            case callsWithWarmUp = "calls_with_warm_up"
            case seconds
            case callsPerSecond = "calls_per_second"
            case p50Microseconds = "p50_us"
            case p99Microseconds = "p99_us"
            case processorMicrosecondsPerCall = "cpu_us_per_call"
        }

        init(_ latencies: Latencies, seconds: Double, processorTime: Duration) {
            calls = latencies.nanoseconds.count
            callsWithWarmUp = latencies.total
            self.seconds = seconds
            callsPerSecond = Double(calls) / seconds
            p50Microseconds = latencies.percentile(0.5)
            p99Microseconds = latencies.percentile(0.99)
            processorMicrosecondsPerCall = processorTime.inMicroseconds / Double(calls)
        }
    }
}
