import Model
import NIOHPACK
import Testing
import Wire

@testable import RPC

@Suite("gRPC's headers")
struct GRPCHeaderTests {
    @Test(
        "A timeout is digits and a unit",
        arguments: [
            ("1H", .seconds(3_600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("4m", .milliseconds(4)),
            ("5u", .microseconds(5)), ("6n", .nanoseconds(6)), ("0S", .zero), ("99999999H", .seconds(359_999_996_400)),
        ] as [(String, Duration)])
    func timeouts(text: String, duration: Duration) {
        #expect(GRPCTimeout.read(text) == duration)
    }

    @Test(
        "What is no timeout is none",
        arguments: ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", "1 S", "１S"])
    func malformedTimeouts(text: String) {
        #expect(GRPCTimeout.read(text) == nil)
    }

    private static let usual: [(String, String)] = [
        (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), ("te", "trailers"),
        ("content-type", "application/grpc"), ("user-agent", "test"),
    ]

    @Test("A request's head keeps the caller's metadata and nothing of the protocol's own")
    func head() throws {
        let headers = HPACKHeaders(
            Self.usual + [
                ("grpc-timeout", "5S"), ("principal", "abc"), ("x-bin", "AAE=,/+8"), ("grpc-accept-encoding", "gzip"),
            ])
        let head = try GRPCRequestHead(headers, maxBytes: 1_000)
        #expect(head.method == "a.B/C")
        #expect(head.timeout == .seconds(5))
        #expect(head.metadata == Metadata([("principal", "abc"), ("x-bin", "AAE"), ("x-bin", "/+8")]))
    }

    @Test("A failure's trailers carry its code, its text in ASCII and its detail")
    func trailers() throws {
        let error = RPCError(.notFound, "100 % ζ\n", detail: ErrorDetail(code: "not_found"))
        let headers = GRPCHeaders.trailers(error, alone: true)
        #expect(headers.first(name: ":status") == "200")
        #expect(headers.first(name: "grpc-status") == "5")
        #expect(headers.first(name: "grpc-message") == "100 %25 %CE%B6%0A")
        #expect(headers.first(name: "grpc-status-details-bin")?.hasSuffix("=") == false)
        #expect(GRPCHeaders.trailers(error, alone: false).first(name: ":status") == nil)
    }

    @Test("Trailers stay within what stock clients take: the current object goes first, then the detail")
    func longTrailers() {
        let sizes = [10, 4_000, 40_000].map { size in
            let detail = ErrorDetail(code: "stale_version", current: [UInt8](repeating: 7, count: size))
            let headers = GRPCHeaders.trailers(RPCError(.aborted, "stale", detail: detail), alone: true)
            return headers.first(name: "grpc-status-details-bin")?.utf8.count ?? 0
        }
        #expect(sizes[1] > 4_000)
        #expect((1..<200).contains(sizes[2]))
        let text = String(repeating: "ζ", count: 10_000)
        let violations = (0..<1_000).map { Violation(field: "field\($0)", message: "wrong") }
        let headers = GRPCHeaders.trailers(
            RPCError(.aborted, text, detail: ErrorDetail(code: "a", violations: violations)), alone: true)
        #expect(headers.first(name: "grpc-status-details-bin") == nil)
        #expect(headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } < 8_192)
    }
}
