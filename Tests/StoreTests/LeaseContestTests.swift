import Testing

@testable import Store

@Suite("When a contender may lead")
struct LeaseContestTests {
    private let start = ContinuousClock.now

    private func look(
        _ contest: inout LeaseContest, _ event: LeaseContest.Event, at now: ContinuousClock.Instant
    ) -> LeaseContest.Action {
        contest.next(event, at: now)
    }

    private func held(_ beat: Int64, backend: Int64 = 7) -> LeaseContest.Event {
        .held(LeaseContest.Holder(backend: backend, beat: beat, address: "a:1"))
    }

    @Test("A lock that is free is taken at once; a former leader whose heartbeat is young is given time to look")
    func free() {
        var contest = LeaseContest()
        #expect(look(&contest, .locked(isFresh: false), at: start) == .lead(after: .zero))
        #expect(look(&contest, .locked(isFresh: true), at: start) == .lead(after: .seconds(1)))
    }

    @Test("A holder whose heart beats is left alone, and named")
    func alive() {
        var contest = LeaseContest()
        for second in 0..<60 {
            #expect(
                look(&contest, held(Int64(second)), at: start + .seconds(second))
                    == .wait(LeaseContest.pause, leader: "a:1"))
        }
    }

    @Test("A silent holder's session is ended, but not before the holder itself must have stopped")
    func silent() {
        var contest = LeaseContest()
        #expect(LeaseContest.silence > PostgresLease.longestSilence)
        #expect(look(&contest, held(1), at: start) == .wait(LeaseContest.pause, leader: "a:1"))
        #expect(look(&contest, held(1), at: start + .milliseconds(5_900)) == .wait(LeaseContest.pause, leader: "a:1"))
        #expect(look(&contest, held(1), at: start + .seconds(6)) == .end(backend: 7))
        // Whoever holds it then is watched anew.
        #expect(look(&contest, held(1), at: start + .seconds(7)) == .wait(LeaseContest.pause, leader: "a:1"))
    }

    @Test("Another holder, and time in which nobody could look, do not count as silence")
    func watchedAnew() {
        var contest = LeaseContest()
        _ = contest.next(held(1), at: start)
        #expect(
            look(&contest, held(1, backend: 8), at: start + .seconds(9)) == .wait(LeaseContest.pause, leader: "a:1"))
        #expect(
            look(&contest, .unreachable, at: start + .seconds(10)) == .wait(LeaseContest.unreachablePause, leader: nil))
        #expect(
            look(&contest, held(1, backend: 8), at: start + .seconds(30)) == .wait(LeaseContest.pause, leader: "a:1"))
    }
}
