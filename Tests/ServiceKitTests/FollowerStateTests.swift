import Model
@testable import ServiceKit
import Testing

@Suite("A follower's place")
struct FollowerStateTests {
    private func entries(_ offsets: ClosedRange<Int64>, term: Int64 = 1) -> [JournalEntry] {
        offsets.map { JournalEntry(offset: $0, term: term) }
    }

    private func following(_ offset: Int64) -> FollowerState {
        var state = FollowerState(source: "intake")
        _ = state.connect(term: offset == 0 ? 0 : 1, offset: offset, follower: "routing")
        return state
    }

    @Test("It asks for what comes after its place")
    func connect() {
        var state = FollowerState(source: "intake")
        #expect(
            state.connect(term: 3, offset: 8, follower: "routing")
                == FollowRequest(follower: "routing", term: 3, afterOffset: 8))
        #expect(state.phase == .connecting)
    }

    @Test("Entries that it has are passed over; the rest is applied")
    func overlap() {
        var state = following(2)
        #expect(state.receive(FollowResponse(entries: entries(1...4), term: 1, head: 9)) == .apply(entries(3...4)))
        #expect(state.lag == 7)
        state.applied(term: 1, offset: 4)
        #expect(state.lag == 5 && state.phase == .following)
        #expect(state.receive(FollowResponse(entries: entries(3...4), term: 1, head: 9)) == .nothing)
        #expect(state.receive(FollowResponse(term: 1, head: 4)) == .nothing)
        #expect(state.lag == 0)
    }

    @Test("A gap, a wrong order or an older term is refused")
    func gaps() {
        var state = following(2)
        #expect(
            state.receive(FollowResponse(entries: entries(4...5), term: 1, head: 5))
                == .refuse("entries are missing after 2"))
        #expect(
            state.receive(FollowResponse(entries: entries(3...3) + entries(5...5), term: 1))
                == .refuse("entries are missing after 2"))
        #expect(
            state.receive(FollowResponse(entries: entries(3...4).reversed(), term: 1))
                == .refuse("entries are missing after 2"))
        #expect(
            state.receive(FollowResponse(entries: entries(3...3, term: 0), term: 1))
                == .refuse("entries are missing after 2"))
        #expect(state.offset == 2)
    }

    @Test("It waits longer after each failure, up to a second, and begins anew after a response")
    func backoff() {
        var state = following(0)
        let waits = (0..<8).map { _ in state.disconnected("gone", isTermMismatch: false, jitter: 1) }
        #expect(waits.first == .retry(after: .milliseconds(50)))
        #expect(waits[1] == .retry(after: .milliseconds(100)))
        #expect(waits.last == .retry(after: .seconds(1)))
        #expect(state.phase == .waiting && state.problem == "gone")
        _ = state.receive(FollowResponse(term: 1, head: 0))
        #expect(state.problem.isEmpty)
        #expect(state.disconnected("gone", isTermMismatch: false, jitter: 0) == .retry(after: .milliseconds(25)))
    }

    @Test("A term that does not fit stops it for good")
    func mismatch() {
        var state = following(5)
        #expect(state.disconnected("term", isTermMismatch: true, jitter: 0) == .stop)
        #expect(state.phase == .stopped)
    }
}
