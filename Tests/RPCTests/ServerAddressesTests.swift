import Testing

@testable import RPC

@Suite("Which instance a client goes to")
struct ServerAddressesTests {
    private let one = ServerAddress(host: "a", port: 1, service: "intake")
    private let two = ServerAddress(host: "b", port: 2, service: "intake")
    private let leader = ServerAddress(host: "c", port: 3, service: "intake")

    @Test("The addresses are tried in turn, and a pause comes after all of them")
    func turns() {
        var addresses = ServerAddresses([one, two])
        #expect(addresses.next() == one)
        #expect(addresses.fail())
        #expect(addresses.next() == two)
        #expect(!addresses.fail())
        #expect(addresses.next() == one)
        addresses.succeed()
        #expect(addresses.next() == one)
    }

    @Test("A leader that is named is gone to, and forgotten when nobody serves there")
    func follows() {
        var addresses = ServerAddresses([one, two])
        _ = addresses.next()
        let goesElsewhere = addresses.follow(leader)
        #expect(goesElsewhere && addresses.next() == leader)
        let staysThere = addresses.follow(leader)
        #expect(!staysThere)
        #expect(addresses.fail())
        #expect(addresses.next() == one)
    }

    @Test("A single address is tried again after a pause")
    func single() {
        var addresses = ServerAddresses([one])
        _ = addresses.next()
        #expect(!addresses.fail())
        #expect(addresses.next() == one)
    }
}
