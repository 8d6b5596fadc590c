import Testing

@testable import RPC

@Suite("Which instance a client goes to")
struct ServerAddressesTests {
    private let one = ServerAddress(host: "a", port: 1, service: "intake")
    private let two = ServerAddress(host: "b", port: 2, service: "intake")
    private let leader = ServerAddress(host: "c", port: 3, service: "intake")

    /// The address of each attempt to connect, all of which fail, and whether another was tried at once.
    private func attempts(_ addresses: inout ServerAddresses, _ count: Int) -> [String] {
        (0..<count).map { _ in
            let next = addresses.next()
            return addresses.fail() ? "\(next)" : "\(next), pause"
        }
    }

    @Test("The addresses are tried in turn, and a pause comes after all of them")
    func turns() {
        var addresses = ServerAddresses([one, two])
        #expect(attempts(&addresses, 4) == ["a:1", "b:2, pause", "a:1", "b:2, pause"])
    }

    @Test("A leader that is named is gone to, and forgotten when nobody serves there")
    func follows() {
        var addresses = ServerAddresses([one, two])
        _ = addresses.next()
        let goesElsewhere = addresses.follow(leader)
        let next = addresses.next()
        #expect(goesElsewhere && next == leader)
        let goesAgain = addresses.follow(leader)
        #expect(!goesAgain)
        #expect(attempts(&addresses, 2) == ["c:3", "a:1, pause"])
    }

    @Test("A single address is tried again after a pause")
    func single() {
        var addresses = ServerAddresses([one])
        #expect(attempts(&addresses, 2) == ["a:1, pause", "a:1, pause"])
    }
}
