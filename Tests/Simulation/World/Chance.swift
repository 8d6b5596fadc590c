/// The seed's random numbers (SplitMix64): the same seed gives the same numbers.
///
/// `@unchecked Sendable`: a world's things are only touched on the one thread that runs the world.
final class Chance: RandomNumberGenerator, @unchecked Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 to below `count`.
    func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// From 0 to below 1.
    func share() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// Whether something of this probability happens.
    func happens(_ probability: Double) -> Bool { share() < probability }

    func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(range.lowerBound + below(range.count))
    }
}
