import Model
import Wire

/// What the tests' server does.
struct EchoHandler: ServiceHandler {
    /// Calls of `Hang` that have begun, and those whose task was cancelled.
    let begun = Tally()
    let cancelled = Tally()
    /// Messages that `Count` was allowed to send.
    let sent = Tally()

    static let say = "test.Echo/Say"
    static let sayLater = "test.Echo/SayLater"
    static let who = "test.Echo/Who"
    static let hang = "test.Echo/Hang"
    static let fail = "test.Echo/Fail"
    static let explode = "test.Echo/Explode"
    static let count = "test.Echo/Count"
    static let hangStreaming = "test.Echo/HangStreaming"

    func register(in table: inout some MethodTable) {
        table.unary(Self.say) { (request: Text, _) -> Text in request }
        table.unary(Self.sayLater) { (request: Text, _) -> Text in
            await Task.yield()
            return request
        }
        table.unary(Self.who) { (_: Text, context) -> Text in
            let left = context.deadline.map { $0 > .now ? "in time" : "late" } ?? "no deadline"
            return Text("\(context.method) \(context.caller.serviceName) \(context.idempotencyKey ?? "-") \(left)")
        }
        table.unary(Self.hang) { (request: Text, _) -> Text in
            await hang()
            return request
        }
        table.unary(Self.fail) { (_: Text, _) -> Text in
            throw RPCError(
                .aborted, "stale",
                detail: ErrorDetail(
                    code: "stale_version", violations: [Violation(field: "version", message: "is 3")],
                    current: [1, 2, 3]))
        }
        table.unary(Self.explode) { (_: Text, _) -> Text in throw Explosion() }
        table.serverStreaming(Self.count) { (request: Text, _, responses: ResponseStream<Text>) in
            let parts = request.value.split(separator: " ").compactMap { Int($0) }
            for _ in 0..<parts[0] {
                try await responses.send(Text(String(repeating: "x", count: parts[1])))
                sent.add()
            }
        }
        table.serverStreaming(Self.hangStreaming) { (_: Text, _, responses: ResponseStream<Text>) in
            try await responses.send(Text("first"))
            await hang()
        }
    }

    /// Suspends until the task is cancelled.
    private func hang() async {
        begun.add()
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            continuation.finish()
        }
        cancelled.add()
    }

    struct Explosion: Error {}
}
