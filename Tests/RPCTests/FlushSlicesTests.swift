import Testing

@testable import RPC

@Suite("Slices of what a turn sends")
struct FlushSlicesTests {
    @Test("The first leaves early, later ones are larger up to a limit, and each turn begins anew")
    func growth() {
        var slices = FlushSlices()
        func isDue(_ bytes: Int) -> Bool { slices.isDue(bytes) }
        for bytes in [4, 8, 16, 16].map({ $0 * 1_024 }) {
            #expect(!isDue(bytes - 1))
            #expect(isDue(bytes))
        }
        slices.begin()
        #expect(isDue(FlushSlices.firstBytes))
    }
}
