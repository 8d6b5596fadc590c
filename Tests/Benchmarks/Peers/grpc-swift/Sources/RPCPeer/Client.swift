import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import Messages

/// When a measurement begins and ends.
private struct Window {
    let start: ContinuousClock.Instant
    let end: ContinuousClock.Instant
}

/// Makes unary calls: so many callers, each of which waits for its answer before it asks again.
func runClient(_ options: Options) async throws {
    let request: Firstline_V1_CreateTicketRequest = try options.sample("request")
    let seconds = options.number("--seconds", default: 3)
    let callers = Int(options.number("--in-flight", default: 16))
    let port = Int(options.number("--port", default: 0))
    let start = ContinuousClock.now + .seconds(options.number("--warm-up-seconds", default: 1))
    let window = Window(start: start, end: start + .seconds(seconds))
    try await withGRPCClient(
        transport: .http2NIOPosix(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext)
    ) { client in
        async let cpu = used(within: window)
        let all = try await withThrowingTaskGroup(of: (latencies: [Duration], total: Int).self) { group in
            for caller in 0..<callers { group.addTask { try await call(client, request, caller, window) } }
            return try await group.reduce(into: (latencies: [Duration](), total: 0)) {
                $0.latencies += $1.latencies
                $0.total += $1.total
            }
        }
        let sorted = all.latencies.sorted()
        let count = Double(sorted.count)
        report([
            "calls": sorted.count, "calls_with_warm_up": all.total, "seconds": seconds,
            "calls_per_second": count / seconds,
            "p50_us": sorted[sorted.count / 2] / .microseconds(1),
            "p99_us": sorted[sorted.count * 99 / 100] / .microseconds(1),
            "cpu_us_per_call": try await cpu * 1e6 / count,
        ])
    }
}

private func call(
    _ client: GRPCClient<HTTP2ClientTransport.Posix>, _ request: Firstline_V1_CreateTicketRequest, _ caller: Int,
    _ window: Window
) async throws -> (latencies: [Duration], total: Int) {
    var options = CallOptions.defaults
    options.timeout = .seconds(10)
    var latencies: [Duration] = []
    var total = 0
    var last = ContinuousClock.now
    while last < window.end {
        let metadata: Metadata = ["service": "gateway", "idempotency-key": "benchmark-caller-\(caller)-\(total)"]
        let reply = try await client.unary(
            request: ClientRequest(message: request, metadata: metadata), descriptor: createTicket,
            serializer: ProtobufSerializer<Firstline_V1_CreateTicketRequest>(),
            deserializer: ProtobufDeserializer<Firstline_V1_TicketReply>(), options: options
        ) { try $0.message }
        precondition(reply.ticket.id != 0, "the answer is a ticket")
        let now = ContinuousClock.now
        total += 1
        if now >= window.start, now < window.end { latencies.append(now - last) }
        last = now
    }
    return (latencies, total)
}

private func used(within window: Window) async throws -> Double {
    try await Task.sleep(until: window.start, clock: .continuous)
    let atStart = cpuSeconds()
    try await Task.sleep(until: window.end, clock: .continuous)
    return cpuSeconds() - atStart
}
