import Model
import Testing

@testable import GatewayServer

struct ShapeTests {
    private func fields(_ schema: String, _ text: String) throws -> [String] {
        Shape.named(schema).violations(in: try JSONParser.value(of: Array(text.utf8))).map(\.field)
    }

    @Test(
        "Every fault of a body is named with its path",
        arguments: [
            (#"{"subject":"S","body":"B","requester":{"email":"a@b.c"}}"#, []),
            (#"{"subject":"S","body":"B","requester":{"email":"a@b.c"},"colour":1}"#, ["colour"]),
            (
                #"{"subject":"","body":2,"requester":{"email":"nobody","age":3}}"#,
                ["requester.age", "requester.email", "subject", "body"]
            ),
            (#"{"body":"B","requester":{}}"#, ["subject"]),
            (#"{"subject":"S","body":"B","requester":{},"tags":["a",""],"priority":"huge"}"#, ["priority", "tags[1]"]),
            (#"{"subject":"S","body":"B","requester":{},"custom_fields":{"a":1}}"#, ["custom_fields.a"]),
            (#"{"subject":"S","body":"B\u0000","requester":{},"team_id":0}"#, ["body", "team_id"]), ("[]", ["body"]),
        ] as [(String, [String])])
    func newTicket(text: String, wanted: [String]) throws {
        #expect(try Set(fields("NewTicket", text)) == Set(wanted))
    }

    @Test("A calendar's times and dates are checked")
    func calendar() throws {
        let text =
            #"{"name":"C","time_zone":"UTC","hours":{"mon":[["09:00","24:00"],["25:00","9:00"]],"someday":[]},"holidays":[{"date":"2026-02-30"}]}"#
        #expect(
            try Set(fields("NewCalendar", text)) == [
                "hours.mon[1][0]", "hours.mon[1][1]", "hours.someday", "holidays[0].date",
            ])
    }

    @Test("Durations and shares are checked")
    func policy() throws {
        let text =
            #"{"name":"P","calendar_id":1,"targets":{"urgent":{"first_response":"PT1H","resolution":"-PT1H"}},"warn_at":1}"#
        #expect(try Set(fields("NewSLAPolicy", text)) == ["targets.urgent.resolution", "warn_at"])
    }
}
