import Testing

@testable import RPC

@Suite("Slices of what a turn sends")
struct FlushSlicesTests {
    @Test("The first leaves early, later ones are larger up to a limit, and each turn begins anew")
    func growth() {
        var slices = FlushSlices()
        for bytes in [4, 8, 16, 16] {
            #expect(!slices.isDue(bytes * 1_024 - 1))
            #expect(slices.isDue(bytes * 1_024))
        }
        slices.begin()
        #expect(slices.isDue(FlushSlices.firstBytes))
    }
}
