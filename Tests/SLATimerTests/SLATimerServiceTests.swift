import FirstlineTesting
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import SLATimerServer

/// The whole service, over RPC, following a journal that a server named "intake" holds.
@Suite("The SLA timer as a service")
struct SLATimerServiceTests {
    /// Holds a journal that the test writes, and nothing else.
    static let intake = ServiceDefinition(name: "intake", migrations: [], peers: []) { _ in ServiceParts(handlers: []) }

    static func write(_ body: JournalEntry.Body, _ intake: TestService) async throws {
        try await intake.store.write("test") { transaction in
            _ = try transaction.journal(body, actor: Actor(kind: .system), ticketID: 1)
        }
    }

    static func told(_ timer: TestService) async throws -> [String] {
        try await timer.store.read { try $0.entries(after: 0, limit: 100).map { try JournalEntry($0).told } }
    }

    @Test(
        "While Intake is away nothing fires; a reply given in time is met when it is back, and what is due fires then")
    func intakeAway() async throws {
        let clock = TestClock(TimerDesk.start)
        var intake = try TestService.Setup(clock: clock)
        intake.listen = try await FreePort.address()
        var setup = try TestService.Setup(clock: clock)
        setup.peers["intake"] = intake.listen
        try await TestService.with(SLATimerService.definition, setup) { [intake] timer in
            let client = SLATimerClient(try timer.channel())
            try await TestService.with(Self.intake, intake) { intake in
                try await Self.write(.created(), intake)
                _ = await timer.store.waitForHead(after: 1, timeout: .seconds(20))
                let answer = try await client.getTicketTimers(GetTicketTimersRequest(ticketID: 1))
                #expect(answer.timers.map(\.state) == [.running, .running])
            }
            clock.nowMilliseconds = TimerDesk.start + 5 * CalendarSamples.hour
            #expect(await timer.store.waitForHead(after: 2, timeout: .seconds(7)).offset == 2)
            clock.nowMilliseconds = TimerDesk.start + 3 * CalendarSamples.hour
            try await TestService.with(Self.intake, intake) { intake in
                try await Self.write(.message(.agent), intake)
                clock.nowMilliseconds = TimerDesk.start + 5 * CalendarSamples.hour
                _ = await timer.store.waitForHead(after: 2, timeout: .seconds(20))
                #expect(try await Self.told(timer).dropFirst(2) == ["met first_response"])
                clock.nowMilliseconds = TimerDesk.start + 100 * CalendarSamples.hour
                _ = await timer.store.waitForHead(after: 4, timeout: .seconds(20))
                #expect(try await Self.told(timer).dropFirst(3) == ["warned resolution", "breached resolution"])
            }
        }
    }
}
