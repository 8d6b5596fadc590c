import Model
import Testing

@testable import GatewayServer

@Suite("Whom a note names")
struct MentionsTests {
    private static let mentions = Mentions([
        User(id: 1, name: "Anna Schmidt", email: "anna@desk.example", role: .agent, active: true),
        User(id: 2, name: "Борис", email: "b.petrov@desk.example", role: .lead, active: true),
        User(id: 3, name: "Ann", email: "ann@desk.example", role: .agent, active: true),
        User(id: 4, name: "Gone", email: "gone@desk.example", role: .agent, active: false),
        User(id: 5, name: "Cleo", email: "anna@other.example", role: .admin, active: true),
    ])

    @Test(
        "By address, by what stands before its at sign, or by name; the longest counts",
        arguments: [
            ("@ann please", [3]), ("@Ann", [3]), ("@anna@desk.example: look", [1]), ("ask @Anna Schmidt, please", [1]),
            ("@anna", [1, 5]), ("(@b.petrov) @борис!", [2]), ("@b.petrov.", [2]), ("@ann @anna@other.example", [3, 5]),
            ("@annabel", []), ("mail to ann@ann", []), ("x@anna@desk.example", []), ("@gone", []), ("@", []),
            ("@@ann", [3]), ("nobody", []), ("@nobody @ann", [3]),
        ])
    func names(text: String, ids: [Int64]) {
        #expect(Self.mentions.ids(in: text) == ids)
    }

    @Test("A text of at signs costs little, and names at most so many")
    func bounded() {
        let text = String(repeating: "@x", count: 100_000) + "@ann"
        #expect(Self.mentions.ids(in: text) == [])
        let many = Mentions(
            (1...50).map { User(id: $0, name: "Team", email: "t\($0)@x.example", role: .agent, active: true) })
        #expect(many.ids(in: "@team").count == Mentions.most)
    }
}
