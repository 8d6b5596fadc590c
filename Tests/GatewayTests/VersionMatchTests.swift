import Testing

@testable import GatewayServer

@Suite("If-Match")
struct VersionMatchTests {
    @Test(
        "A version is read with quotes or without; what is none matches nothing",
        arguments: [
            ("\"7\"", VersionMatch.version(7)), ("7", .version(7)), ("*", .any), ("\"0\"", .version(0)),
            ("W/\"7\"", .unknown), ("", .unknown), ("\"\"", .unknown), ("-1", .unknown), ("\"x\"", .unknown),
        ])
    func read(text: String, match: VersionMatch) {
        #expect(VersionMatch(text) == match)
    }
}
