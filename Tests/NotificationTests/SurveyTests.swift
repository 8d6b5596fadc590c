import FirstlineTesting
import Model
import Store
import Testing

@testable import NotificationServer

@Suite("Surveys")
struct SurveyTests {
    private let folder: TestFolder
    private let store: Store
    private let clock = TestClock()
    private static let token = "0123456789abcdef0123456789abcdef"

    init() throws {
        folder = try TestFolder()
        store = try Store.notification(in: folder, clock: clock)
    }

    private func survey(_ id: Int64, token: String = token, ticketID: Int64 = 7) -> StoredSurvey {
        StoredSurvey(
            id: id, token: token, ticketID: ticketID, requesterID: 3, agentID: 9, language: "el", deskName: "Desk")
    }

    private func plans(_ changed: TicketChanged) -> [PlannedDelivery] {
        let entry = JournalEntry(offset: 4, term: 1, atMilliseconds: 1_000, ticketID: 7, body: .ticketChanged(changed))
        return DeliveryPlanner.plans(entry).filter { $0.delivery.kind == .survey }
    }

    @Test("A survey is planned for its time, where the mailbox asks for one")
    func planned() async throws {
        let solved = FieldChange(field: "status", oldValue: "open", newValue: "solved")
        #expect(plans(TicketChanged(changes: [solved])) == [])
        let planned = plans(TicketChanged(changes: [solved], surveyAfterMilliseconds: 60_000))
        #expect(planned.map(\.delivery.nextAttemptAtMilliseconds) == [61_000])
        let due = clock.nowMilliseconds + 60_000
        try await store.write("test") { transaction in
            var later = planned[0]
            (later.cause, later.delivery.nextAttemptAtMilliseconds) = ("intake:1:4", due)
            _ = try DeliveryStore.add(later, in: transaction)
        }
        let isDue = { (at: Int64) in try await store.read { try DeliveryStore.isAnyDue(at: at, in: $0) } }
        #expect(try await !isDue(due - 1))
        #expect(try await isDue(due))
        // It waits for its time alone, so it is no sign that mail is stuck.
        let waiting = { (at: Int64) in try await store.read { try DeliveryStore.waiting(at: at, in: $0).count } }
        #expect(try await waiting(due - 1) == 0)
        #expect(try await waiting(due) == 1)
    }

    @Test("A survey keeps its link over all attempts, and a ticket is asked once")
    func asked() async throws {
        let (first, again) = (survey(1), survey(1, token: String(repeating: "f", count: 32)))
        let asked = try await store.write("test") { transaction in
            [try SurveyStore.ask(first, in: transaction), try SurveyStore.ask(again, in: transaction)]
        }
        #expect(asked.map(\.token) == [Self.token, Self.token])
        #expect(try await store.read { try SurveyStore.isAsked(ticketID: 7, besides: 2, in: $0) })
        #expect(try await !store.read { try SurveyStore.isAsked(ticketID: 7, besides: 1, in: $0) })
        #expect(try await !store.read { try SurveyStore.isAsked(ticketID: 8, besides: 1, in: $0) })
    }

    @Test("An answer is kept, and a survey closes after its time or too many answers")
    func answered() async throws {
        var survey = survey(1)
        survey.askedAtMilliseconds = 1_000
        #expect(survey.isOpen(at: 1_000 + SurveyRules.openMilliseconds))
        #expect(!survey.isOpen(at: 1_001 + SurveyRules.openMilliseconds))
        survey.changes = SurveyRules.mostAnswers
        #expect(!survey.isOpen(at: 1_000) && survey.told(at: 1_000).closed)
        let asked = self.survey(1)
        let found = try await store.write("test") { transaction in
            var stored = try SurveyStore.ask(asked, in: transaction)
            (stored.satisfaction, stored.changes) = (.bad, 1)
            try SurveyStore.answer(stored, in: transaction)
            return try SurveyStore.find(token: Self.token, in: transaction)
        }
        #expect(found?.satisfaction == .bad && found?.changes == 1 && found?.agentID == 9)
        #expect(found?.told(at: 0) == Survey(ticketID: 7, language: "el", deskName: "Desk", satisfaction: .bad))
        #expect(try await store.read { try SurveyStore.find(token: "x", in: $0) } == nil)
    }

    @Test("A token is 128 random bits in hexadecimal")
    func tokens() {
        let tokens = Set((0..<1_000).map { _ in RandomToken.make() })
        #expect(tokens.count == 1_000 && tokens.allSatisfy(RandomToken.isToken))
        for text in ["", "0", Self.token + "0", Self.token.uppercased(), String(Self.token.dropLast()) + "'"] {
            #expect(!RandomToken.isToken(text))
        }
    }
}
