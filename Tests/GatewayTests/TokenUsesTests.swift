import Testing

@testable import GatewayServer

@Suite("Uses of tokens")
struct TokenUsesTests {
    @Test("A use is tried to be written down once in so long, each token's by itself, and after the clock was set back")
    func paced() {
        let uses = TokenUses()
        let pause = TokenUses.pauseMilliseconds
        #expect(uses.begin(1, at: 1_000_000) && !uses.begin(1, at: 1_000_000) && uses.begin(2, at: 1_000_000))
        #expect(!uses.begin(1, at: 1_000_000 + pause - 1))
        #expect(uses.begin(1, at: 1_000_000 + pause))
        #expect(uses.begin(1, at: 500))
    }

    @Test("More tokens than are kept in mind are forgotten together")
    func bounded() {
        let uses = TokenUses()
        for id in Int64(1)...Int64(TokenUses.mostTokens) { #expect(uses.begin(id, at: 0)) }
        #expect(!uses.begin(1, at: 1))
        #expect(uses.begin(.max, at: 1) && uses.begin(1, at: 1))
    }
}
