/// When what a turn gathers leaves in the middle of it, so that both sides are busy: early at first, for the peer waits, then in larger
/// slices, for each costs a system call.
struct FlushSlices: Hashable, Sendable {
    private var nextBytes = FlushSlices.firstBytes

    static let firstBytes = 4 * 1_024
    static let largestBytes = 16 * 1_024

    /// A turn begins.
    mutating func begin() {
        nextBytes = Self.firstBytes
    }

    /// Whether so many gathered bytes are to leave now.
    mutating func isDue(_ bytes: Int) -> Bool {
        guard bytes >= nextBytes else { return false }
        nextBytes = min(nextBytes * 2, Self.largestBytes)
        return true
    }
}
