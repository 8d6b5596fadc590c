import Mail
import Testing

@Suite("Reply addresses") struct ReplyAddressTests {
    let token = "0123456789abcdef0123456789abcdef"

    @Test("An address leads to its mailbox and token and back")
    func roundTrip() throws {
        let address = try #require(ReplyAddress(mailbox: "support@desk.example", token: token))
        #expect(address.address == "support+\(token)@desk.example")
        #expect(ReplyAddress(address.address) == address)
        #expect(ReplyAddress(address.address.uppercased())?.token == token)
    }

    @Test(
        "Other addresses carry no token",
        arguments: [
            "support@desk.example", "support+x@desk.example", "support+0123456789abcdef0123456789abcde@desk.example",
            "support+0123456789abcdef0123456789abcdeg@desk.example", "", "@", "+0123456789abcdef0123456789abcdef",
        ])
    func none(address: String) {
        #expect(ReplyAddress(address) == nil)
    }
}
