import FirstlineTesting
import Logging
import Model
@testable import ServiceKit
import Synchronization
import Testing

@Suite("Logs")
struct LogTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var sink: LogSink { LogSink { line in self.lines.withLock { $0.append(line) } } }
    }

    @Test("A log line is one JSON object with time, level, service and trace")
    func json() throws {
        let lines = Lines()
        let setup = LogSetup(service: "intake", sink: lines.sink, clock: TestClock())
        let trace = try #require(TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        TraceContext.$current.withValue(trace) {
            setup.logger().info("mail stored", metadata: ["ticket.id": "7", "note": "a \"b\"\n\u{1}"])
        }
        setup.logger().debug("not shown")
        #expect(
            lines.all == [
                """
                {"ts":"2026-01-05T09:00:00.000Z","level":"info","service":"intake","message":"mail stored",\
                "trace_id":"0af7651916cd43dd8448eb211c80319c","note":"a \\"b\\"\\n\\u0001","ticket.id":"7"}

                """
            ])
    }

    @Test("On a terminal a line is words, and stays one line")
    func text() {
        let lines = Lines()
        LogSetup(service: "intake", format: .text, sink: lines.sink, clock: TestClock()).logger()
            .warning("slow write", metadata: ["store.name": "a\nb"])
        #expect(lines.all == ["2026-01-05T09:00:00.000Z WARNING intake: slow write store.name=a b\n"])
    }
}
