import RPC
import Testing
import Wire

@Suite("Tasks on the connection's thread", .timeLimit(.minutes(1)))
struct ExecutorTests {
    @Test("Callers on the client's executor are answered, whether handlers suspend or not")
    func callers() async throws {
        try await Loopback.with { (loopback) async throws in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    let method = number.isMultiple(of: 2) ? EchoHandler.say : EchoHandler.sayLater
                    group.addTask(executorPreference: loopback.client.executor) {
                        var answer = ""
                        for _ in 0..<5 { answer = try await loopback.client.call(method, "\(number)") }
                        return answer
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == Set((0..<200).map { "\($0)" }))
        }
    }

    @Test("A stream is read on the client's executor")
    func stream() async throws {
        try await Loopback.with { (loopback) async throws in
            let received = Tally()
            try await withTaskExecutorPreference(loopback.client.executor) {
                try await loopback.client.serverStreaming(EchoHandler.count, Text("3000 100"), CallOptions()) {
                    (_: Text) in received.add()
                }
            }
            #expect(received.count == 3_000)
        }
    }

    @Test("A call whose task was cancelled before is never sent", arguments: [true, false])
    func cancelledBefore(isOnExecutor: Bool) async throws {
        try await Loopback.with { (loopback) async throws in
            let errors = await withTaskGroup(of: RPCError?.self) { group in
                group.cancelAll()
                let call: @Sendable () async -> RPCError? = {
                    await failure { try await loopback.client.call(EchoHandler.say, "x") }
                }
                if isOnExecutor {
                    group.addTask(executorPreference: loopback.client.executor, operation: call)
                } else {
                    group.addTask(operation: call)
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.map(\.?.code) == [.cancelled])
        }
    }

    @Test("A handler that is cancelled does not cancel the calls after it")
    func cancelledTaskIsNotUsedAgain() async throws {
        try await Loopback.with { (loopback) async throws in
            _ = try await loopback.client.call(EchoHandler.say)
            for _ in 1...20 {
                let error = await failure {
                    try await loopback.client.call(EchoHandler.hang, timeout: .milliseconds(50))
                }
                #expect(error?.code == .deadlineExceeded)
                // On a busy machine a deadline may pass before the handler has begun.
                await loopback.handler.cancelled.wait(for: loopback.handler.begun.count)
                let answer = try await loopback.client.call(EchoHandler.sayLater, "after")
                #expect(answer == "after")
            }
        }
    }
}
