import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createMailbox(_ request: Mailbox, _ context: CallContext) async throws -> Mailbox {
        var violations = Violations()
        let address = MailboxAddress(request.address)
        violations.expect(address != nil, "address", "is not an email address")
        violations.expect(address?.extra == nil, "address", "must not hold a plus sign")
        violations.expectName(request.name, required: true)
        violations.expectID(request.teamID, "team_id")
        try violations.check()
        return try await store.perform(context, request) { transaction in
            var new = request
            new.name = request.name.trimmed
            new.address = address?.text ?? ""
            if try transaction.mailbox(address: new.address) != nil {
                throw RPCError.taken("address", "is another mailbox's")
            }
            return try transaction.insertMailbox(new)
        }
    }

    func listMailboxes(_ request: ListMailboxesRequest, _ context: CallContext) async throws -> ListMailboxesResponse {
        try await store.read { ListMailboxesResponse(mailboxes: try $0.mailboxes()) }
    }
}
