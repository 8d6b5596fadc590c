import Model
import Store

/// What an empty store needs before Intake serves.
enum FirstStart {
    /// Makes the default mailbox unless there is one.
    static func prepare(_ store: Store, mailboxAddress: String) async throws {
        guard let address = MailboxAddress(mailboxAddress), address.extra == nil else {
            throw InvalidRequest("mailbox-address", "is not an address that a mailbox can have")
        }
        try await store.write("first start") { try $0.ensureDefaultMailbox(address: address.text) }
    }
}
