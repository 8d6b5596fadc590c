import Model
import Testing

@testable import SLATimerServer

/// The timers of one ticket, without store or clock. Monday 2 March 2026 is the first day; 24 hours of it count unless said otherwise.
@Suite("The timers of a ticket")
struct TicketTimersTests {
    static let start = CalendarSamples.instant("2026-03-02T09:00:00Z")
    static let hour = CalendarSamples.hour

    static func promise(
        _ calendar: BusinessCalendar = CalendarSamples.always(), policy: Int64 = 1, first: Int64 = 1, next: Int64 = 2,
        resolution: Int64 = 8
    ) -> Promise {
        Promise(
            policyID: policy, policyVersion: 1, calendarID: 1, calendarVersion: 1,
            target: SLATarget(
                priority: .normal, firstResponseMilliseconds: first * hour, nextResponseMilliseconds: next * hour,
                resolutionMilliseconds: resolution * hour),
            warnShare: 0.8, calendar: CalendarSamples.compiled(calendar))
    }

    /// A ticket opened at `start`.
    static func opened(_ promise: Promise? = promise(), status: TicketStatus = .new) -> TicketTimers {
        var timers = TicketTimers(status: status)
        _ = timers.handle(.created, at: start, promise: promise)
        return timers
    }

    static func at(_ hours: Double) -> Int64 { start + Int64(hours * Double(hour)) }

    @Test("A new ticket starts the first response and the resolution")
    func starts() {
        let timers = Self.opened()
        #expect(timers.timers.map(\.metric) == [.firstResponse, .resolution])
        #expect(timers[.firstResponse]?.dueAtMilliseconds == Self.at(1))
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(8))
        #expect(timers[.firstResponse]?.nextAtMilliseconds == Self.at(0.8))
    }

    @Test("A merged ticket's timers end as cancelled, and its closing meets nothing; a breach stays one")
    func merged() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        let told = timers.handle(.merged, at: Self.at(0.5), promise: nil)
        #expect(timers.timers.allSatisfy { $0.state == .cancelled && !$0.isOwed } && told.count == 2)
        #expect(timers.handle(.changed(.closed), at: Self.at(0.5), promise: promise).isEmpty)
        #expect(timers.handle(.clock, at: Self.at(100), promise: nil).isEmpty)
        var late = Self.opened(promise)
        _ = late.handle(.merged, at: Self.at(2), promise: nil)
        #expect(late[.firstResponse]?.state == .breached && late[.resolution]?.state == .cancelled)
    }

    @Test("An answer meets the first response; the requester's next message starts the next response")
    func answers() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        _ = timers.handle(.requesterWrote, at: Self.at(0.1), promise: promise)
        #expect(timers[.nextResponse] == nil)
        _ = timers.handle(.agentAnswered, at: Self.at(0.5), promise: promise)
        #expect(timers[.firstResponse]?.state == .met)
        _ = timers.handle(.requesterWrote, at: Self.at(3), promise: promise)
        _ = timers.handle(.requesterWrote, at: Self.at(4), promise: promise)
        #expect(timers[.nextResponse]?.dueAtMilliseconds == Self.at(5))
        _ = timers.handle(.agentAnswered, at: Self.at(4.5), promise: promise)
        #expect(timers[.nextResponse]?.state == .met)
        _ = timers.handle(.requesterWrote, at: Self.at(6), promise: promise)
        #expect(timers[.nextResponse]?.state == .running)
        #expect(timers[.nextResponse]?.dueAtMilliseconds == Self.at(8))
    }

    @Test("It warns once and breaches once")
    func once() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        #expect(timers.handle(.clock, at: Self.at(0.8) - 1, promise: promise).isEmpty)
        #expect(timers.handle(.clock, at: Self.at(0.8), promise: promise).map(\.name) == ["warned first_response"])
        #expect(timers.handle(.clock, at: Self.at(0.9), promise: promise).isEmpty)
        #expect(timers.handle(.clock, at: Self.at(1), promise: promise).map(\.name) == ["breached first_response"])
        #expect(timers.handle(.clock, at: Self.at(2), promise: promise).isEmpty)
        _ = timers.handle(.agentAnswered, at: Self.at(3), promise: promise)
        #expect(timers[.firstResponse]?.state == .breached)
        #expect(timers[.firstResponse]?.isOwed == false)
    }

    @Test("A reply that was read late is judged by when it was written")
    func late() {
        let promise = Self.promise()
        var early = Self.opened(promise)
        let met = early.handle(.agentAnswered, at: Self.at(1) - 1, promise: promise)
        #expect(met.map(\.name) == ["warned first_response", "met first_response"])
        var late = Self.opened(promise)
        let missed = late.handle(.agentAnswered, at: Self.at(1), promise: promise)
        #expect(missed.map(\.name) == ["warned first_response", "breached first_response"])
    }

    @Test("A paused ticket does not breach", arguments: [TicketStatus.pending, .onHold])
    func paused(_ status: TicketStatus) {
        let promise = Self.promise(first: 0)
        var timers = Self.opened(promise)
        _ = timers.handle(.changed(status), at: Self.at(2), promise: promise)
        #expect(timers[.resolution]?.state == .paused)
        #expect(timers[.resolution]?.dueAtMilliseconds == 0)
        #expect(timers.handle(.clock, at: Self.at(100), promise: promise).isEmpty)
        _ = timers.handle(.changed(.open), at: Self.at(101), promise: promise)
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(107))
    }

    @Test("Resuming moves the due time by the business time that passed")
    func resumes() {
        // 8 business hours from Monday 09:00 end at 17:00; paused from 11:00 to Tuesday 10:00 six are left, and seven remain of Tuesday.
        let promise = Self.promise(CalendarSamples.office(), first: 0)
        var timers = Self.opened(promise)
        _ = timers.handle(.changed(.pending), at: Self.at(2), promise: promise)
        let tuesday = CalendarSamples.instant("2026-03-03T10:00:00Z")
        _ = timers.handle(.changed(.open), at: tuesday, promise: promise)
        #expect(timers[.resolution]?.dueAtMilliseconds == CalendarSamples.instant("2026-03-03T16:00:00Z"))
        let explained = timers[.resolution]?.explanation(now: tuesday, promise.calendar) ?? []
        #expect(explained.map(\.why) == ["business_hours", "paused", "business_hours"])
        #expect(explained.map(\.counted) == [true, false, true])
    }

    @Test("A policy change keeps the paused time")
    func keepsPauses() {
        let promise = Self.promise(first: 0)
        var timers = Self.opened(promise)
        _ = timers.handle(.changed(.pending), at: Self.at(2), promise: promise)
        _ = timers.handle(.changed(.open), at: Self.at(5), promise: promise)
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(11))
        let stricter = Self.promise(policy: 2, first: 0, resolution: 4)
        let told = timers.handle(.rulesChanged, at: Self.at(6), promise: stricter)
        #expect(told.map(\.name) == ["running resolution"])
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(7))
        #expect(timers[.resolution]?.policyID == 2)
    }

    @Test("A policy change never undoes a breach, and does not warn twice")
    func neverUnbreaches() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        _ = timers.handle(.clock, at: Self.at(1), promise: promise)
        _ = timers.handle(.clock, at: Self.at(7), promise: promise)
        let generous = Self.promise(policy: 2, first: 100, resolution: 100)
        _ = timers.handle(.rulesChanged, at: Self.at(7), promise: generous)
        #expect(timers[.firstResponse]?.state == .breached)
        #expect(timers[.firstResponse]?.policyID == 1)
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(100))
        #expect(timers.handle(.clock, at: Self.at(99), promise: generous).isEmpty)
        #expect(timers.handle(.clock, at: Self.at(100), promise: generous).map(\.name) == ["breached resolution"])
    }

    @Test("A reopened ticket's resolution runs on with what was left")
    func reopens() {
        let promise = Self.promise(first: 0)
        var timers = Self.opened(promise)
        _ = timers.handle(.changed(.pending), at: Self.at(1), promise: promise)
        _ = timers.handle(.changed(.solved), at: Self.at(3), promise: promise)
        #expect(timers[.resolution]?.state == .met)
        #expect(timers[.resolution]?.remaining(at: Self.at(50), promise.calendar) == 7 * Self.hour)
        _ = timers.handle(.changed(.open), at: Self.at(40), promise: promise)
        #expect(timers[.resolution]?.state == .running)
        #expect(timers[.resolution]?.dueAtMilliseconds == Self.at(47))
    }

    @Test("Nobody's response is owed while a ticket is solved, nor after it closed")
    func solved() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        _ = timers.handle(.changed(.solved), at: Self.at(0.5), promise: promise)
        #expect(timers[.firstResponse]?.state == .paused)
        #expect(timers.handle(.clock, at: Self.at(9), promise: promise).isEmpty)
        _ = timers.handle(.changed(.closed), at: Self.at(10), promise: promise)
        #expect(timers[.firstResponse]?.state == .cancelled)
        #expect(timers[.resolution]?.state == .met)
    }

    @Test("A requester's message to a solved ticket starts the next response, whichever entry comes first")
    func reply() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        _ = timers.handle(.agentAnswered, at: Self.at(0.5), promise: promise)
        _ = timers.handle(.changed(.solved), at: Self.at(0.5), promise: promise)
        var other = timers
        _ = timers.handle(.requesterWrote, at: Self.at(2), promise: promise)
        _ = timers.handle(.changed(.open), at: Self.at(2), promise: promise)
        _ = other.handle(.changed(.open), at: Self.at(2), promise: promise)
        _ = other.handle(.requesterWrote, at: Self.at(2), promise: promise)
        #expect(timers == other)
        #expect(timers[.nextResponse]?.dueAtMilliseconds == Self.at(4))
    }

    @Test("Without a policy nothing is promised; a policy that comes later counts from the ticket's start")
    func noPolicy() {
        var timers = TicketTimers(status: .new)
        #expect(timers.handle(.created, at: Self.start, promise: nil).isEmpty)
        #expect(timers.timers.allSatisfy { $0.state == .cancelled })
        let told = timers.handle(.rulesChanged, at: Self.at(0.5), promise: Self.promise())
        #expect(told.map(\.name) == ["running first_response", "running resolution"])
        #expect(timers[.firstResponse]?.dueAtMilliseconds == Self.at(1))
        _ = timers.handle(.rulesChanged, at: Self.at(0.6), promise: nil)
        #expect(timers.timers.allSatisfy { $0.state == .cancelled && $0.nextAtMilliseconds == 0 })
    }

    @Test("A ticket that is opened pending starts paused; one opened solved is met")
    func openedOtherwise() {
        #expect(Self.opened(status: .pending)[.resolution]?.state == .paused)
        #expect(Self.opened(status: .solved)[.resolution]?.state == .met)
        #expect(Self.opened(status: .solved)[.firstResponse]?.state == .paused)
    }

    @Test("Remaining time is negative when it is overdue")
    func overdue() {
        let promise = Self.promise()
        var timers = Self.opened(promise)
        _ = timers.handle(.clock, at: Self.at(3), promise: promise)
        #expect(timers[.firstResponse]?.remaining(at: Self.at(3), promise.calendar) == -2 * Self.hour)
    }

    @Test("The first matching policy in order of position, then id, counts")
    func firstPolicy() {
        let urgent = Condition(all: [Comparison(field: "priority", op: .is, value: "urgent")])
        let policies = [
            SLAPolicy(id: 1, position: 5), SLAPolicy(id: 2, position: 1, conditions: urgent),
            SLAPolicy(id: 4, position: 3), SLAPolicy(id: 3, position: 3),
        ]
        #expect(SLAPolicy.first(of: policies, for: TicketFacts(priority: .urgent))?.id == 2)
        #expect(SLAPolicy.first(of: policies, for: TicketFacts(priority: .low))?.id == 3)
        #expect(SLAPolicy.first(of: [policies[1]], for: TicketFacts(priority: .low)) == nil)
    }
}

extension TicketTimers {
    subscript(_ metric: Metric) -> MetricTimer? { timers.first { $0.metric == metric } }
}

extension TicketTimers.Announcement {
    /// As "warned first_response", for short expectations.
    var name: String {
        switch self {
        case .changed(let timer): "\(timer.state.name) \(timer.metric.name)"
        case .warned(let timer): "warned \(timer.metric.name)"
        case .breached(let timer): "breached \(timer.metric.name)"
        }
    }
}
