import Synchronization

/// What a sender has in hand.
///
/// `Mutex` makes it safe to share.
final class Hand: Sendable {
    private struct State {
        var count = 0
        var stranded: [Int64] = []
        var restsUntil: Int64 = 0
    }

    private let state = Mutex(State())

    /// How many deliveries are under way.
    var count: Int { state.withLock { $0.count } }

    /// For how many milliseconds nothing more is taken, for a service that must be asked is down; 0 for none. The wall clock may be set back
    /// meanwhile, which makes no rest longer than `atMost`.
    func rest(at nowMilliseconds: Int64, atMost longest: Int64) -> Int64 {
        let rest = state.withLock { $0.restsUntil } - nowMilliseconds
        return (1...longest).contains(rest) ? rest : 0
    }

    func rest(until milliseconds: Int64) {
        state.withLock { $0.restsUntil = milliseconds }
    }

    func take(_ count: Int) {
        state.withLock { $0.count += count }
    }

    /// - Parameter stranded: the delivery, where its outcome could not be written down.
    func drop(stranded: Int64?) {
        state.withLock { state in
            state.count -= 1
            if let stranded { state.stranded.append(stranded) }
        }
    }

    /// The deliveries that are in hand by the store alone; each is told once.
    func takeStranded() -> [Int64] {
        state.withLock { state in
            defer { state.stranded = [] }
            return state.stranded
        }
    }
}
