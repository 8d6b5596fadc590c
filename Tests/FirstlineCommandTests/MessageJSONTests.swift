import Model
import Testing
import Wire

@testable import FirstlineCommand

@Suite("JSON by reflection")
struct MessageJSONTests {
    private func messages() throws -> MessageJSON {
        MessageJSON(descriptors: try DescriptorSet(WireSchema.fileDescriptorSet))
    }

    @Test("A message becomes JSON and the same message again")
    func roundTrip() throws {
        let ticket = Ticket(
            id: 7, subject: "Ein \"Test\"\n\u{1}", status: .onHold, requester: Requester(id: 3, email: "a@b.example"),
            tags: ["x", "y"], customFields: [CustomField(name: "n", value: "v")], version: 12)
        let name = Ticket.messageName
        let json = try messages().decode(try ticket.serialized()[...], as: name)
        let parsed = try JSONParser.value(of: JSONWriter.bytes(of: json))
        #expect(try Ticket(serialized: messages().encode(parsed, as: name)) == ticket)
    }

    @Test("An unknown field, a wrong type and an unknown value are named")
    func refusals() throws {
        for (text, named) in [
            (#"{"nonsense": 1}"#, "nonsense"), (#"{"requester": {"id": "x"}}"#, "requester.id"),
            (#"{"status": "NOPE"}"#, "status"), (#"{"tags": "x"}"#, "tags"),
        ] {
            let failure = #expect(throws: CommandFailure.self) {
                try messages().encode(try JSONParser.value(of: Array(text.utf8)), as: Ticket.messageName)
            }
            #expect(failure?.message.hasPrefix(named) == true)
        }
    }
}

@Suite("Ports")
struct PortPlanTests {
    @Test("A base port gives the contract's ports")
    func base() throws {
        let plan = try PortPlan(base: 7400)
        #expect(
            plan.rpc == ["intake": 7401, "routing": 7402, "sla-timer": 7403, "notification": 7404, "gateway": 7405])
        #expect(plan.admin["intake"] == 7501)
        #expect(plan.lmtp == 7424)
    }

    @Test("Base port 0 gives ports that differ")
    func free() throws {
        let plan = try PortPlan(base: 0)
        #expect(Set(plan.rpc.values).union(plan.admin.values).union([plan.lmtp]).count == 11)
    }

    @Test("A base port beyond the last is refused", arguments: [-1, 65_500, 70_000])
    func refused(base: Int) {
        #expect(throws: CommandFailure.self) { try PortPlan(base: base) }
    }
}
