import Model
import Testing

@Suite("Ticket rules")
struct TicketTests {
    private static let statuses: [TicketStatus] = [.new, .open, .pending, .onHold, .solved, .closed]

    @Test("Nothing leaves closed and nothing goes back to new", arguments: statuses, statuses)
    func changes(_ old: TicketStatus, _ new: TicketStatus) {
        let expected = old != .closed && (new != .new || old == .new)
        #expect(TicketStateMachine.allows(old, to: new) == expected)
        #expect((TicketStateMachine.violation(old, to: new) == nil) == expected)
    }

    @Test("An unspecified status is never a target")
    func unspecified() {
        #expect(!TicketStateMachine.allows(.open, to: .unspecified))
    }

    @Test("A requester's reply reopens what waits or is solved; after closed it opens a new ticket")
    func requesterReplies() {
        for status in [TicketStatus.pending, .onHold, .solved] {
            #expect(TicketStateMachine.afterRequesterReply(status) == .joins(.open))
        }
        #expect(TicketStateMachine.afterRequesterReply(.new) == .joins(.new))
        #expect(TicketStateMachine.afterRequesterReply(.open) == .joins(.open))
        #expect(TicketStateMachine.afterRequesterReply(.closed) == .opensLinkedTicket)
    }

    @Test("An agent's first public reply or an assignment makes a new ticket open")
    func agentReplies() {
        #expect(TicketStateMachine.afterAgentMessage(.new, .public) == .open)
        #expect(TicketStateMachine.afterAgentMessage(.new, .internal) == .new)
        #expect(TicketStateMachine.afterAgentMessage(.pending, .public) == .pending)
        #expect(TicketStateMachine.afterAssignment(.new, assigneeID: 3) == .open)
        #expect(TicketStateMachine.afterAssignment(.new, assigneeID: 0) == .new)
        #expect(TicketStateMachine.afterAssignment(.onHold, assigneeID: 3) == .onHold)
    }

    private static let facts = TicketFacts(
        status: .open, priority: .high, type: .incident, channel: .email, teamID: 7, assigneeID: 0, requesterID: 11,
        organizationID: 2, tier: 2, tags: ["VIP", "billing"], language: "en-GB")

    @Test(
        "Comparisons hold as their words say",
        arguments: [
            ("status", .is, "open", true), ("status", .in, "new, open", true), ("status", .lessThan, "solved", true),
            ("priority", .greaterThan, "normal", true), ("priority", .greaterThan, "high", false),
            ("type", .isNot, "task", true),
            ("channel", .in, "web,chat", false), ("team_id", .is, "7", true), ("assignee_id", .is, "", true),
            ("assignee_id", .isNot, "", false), ("tier", .lessThan, "3", true), ("tag", .contains, "vip", true),
            ("tag", .notContains, "vip", false), ("tag", .in, "a,billing", true), ("language", .is, "en", true),
            ("language", .isNot, "de", true), ("organization_id", .in, "1,2", true), ("requester_id", .is, "12", false),
        ] as [(String, ComparisonOperator, String, Bool)])
    func comparisons(_ field: String, _ op: ComparisonOperator, _ value: String, _ expected: Bool) {
        let comparison = Comparison(field: field, op: op, value: value)
        #expect(comparison.matches(Self.facts) == expected)
        #expect(Condition(all: [comparison]).violations().isEmpty)
    }

    @Test("All of all and one of any must hold; empty matches everything")
    func conditions() {
        let yes = Comparison(field: "status", op: .is, value: "open")
        let no = Comparison(field: "status", op: .is, value: "new")
        #expect(Condition().matches(Self.facts))
        #expect(Condition(all: [yes], any: [no, yes]).matches(Self.facts))
        #expect(!Condition(all: [yes, no]).matches(Self.facts))
        #expect(!Condition(all: [yes], any: [no]).matches(Self.facts))
    }

    @Test("A faulty comparison is named by its path and never holds")
    func faults() {
        let condition = Condition(
            all: [
                Comparison(field: "mood", op: .is, value: "bad"), Comparison(field: "tag", op: .lessThan, value: "x"),
            ],
            any: [
                Comparison(field: "priority", op: .in, value: "high,extreme"),
                Comparison(field: "team_id", op: .is, value: "x"),
            ])
        #expect(
            condition.violations().map(\.field) == [
                "conditions.all[0].field", "conditions.all[1].op", "conditions.any[0].value", "conditions.any[1].value",
            ])
        #expect(!condition.matches(Self.facts))
        for comparison in condition.all + condition.any { #expect(!comparison.matches(Self.facts)) }
    }

    @Test("Facts follow the journal's changes")
    func journaledChanges() {
        var facts = Self.facts
        facts.apply(
            TicketChanged(changes: [
                FieldChange(field: "status", oldValue: "open", newValue: "on_hold"),
                FieldChange(field: "assignee_id", oldValue: "", newValue: "9"),
                FieldChange(field: "team_id", oldValue: "7", newValue: ""),
                FieldChange(field: "tags", oldValue: "", newValue: "a,b"), FieldChange(field: "subject", newValue: "x"),
            ]))
        #expect(facts.status == .onHold && facts.assigneeID == 9 && facts.teamID == 0 && facts.tags == ["a", "b"])
    }
}
