import Model
import ServiceKit
import Store
import Wire

/// The service's methods: each checks its request, asks or writes the store, and answers in the wire's words. What a role may call at all was
/// decided before; what it may see of one object is decided here.
struct IntakeAPI: IntakeHandler {
    let store: Store
    let blobs: any BlobStore
    let mail: MailAcceptance
    /// Waits until what stands at a place is known here, no longer than told.
    let catchUp: @Sendable (Place, Duration) async -> Void

    /// Called when the settings of a mailbox may have changed.
    let mailboxesChanged: @Sendable () -> Void

    /// How long a read waits for the place that it asks for.
    static let longestWait: Duration = .milliseconds(500)

    init(
        mail: MailAcceptance, mailboxesChanged: @escaping @Sendable () -> Void = {},
        catchUp: @escaping @Sendable (Place, Duration) async -> Void
    ) {
        store = mail.store
        blobs = mail.blobs
        self.catchUp = catchUp
        self.mailboxesChanged = mailboxesChanged
        self.mail = mail
    }
}

extension CallContext {
    /// The caller as who acts.
    var provenance: Provenance { Provenance(actor: caller.actor, traceParent: traceParent ?? "") }

    /// The requester that the caller is limited to; nil for staff and services.
    var limitingRequesterID: Int64? { caller.seesInternalMessages ? nil : caller.requesterID }
}

extension Reader {
    /// The ticket, if the caller may know of it.
    func ticket(_ id: Int64, for caller: Caller) throws -> StoredTicket {
        guard let ticket = try ticket(id), caller.maySee(ticket) else { throw RPCError.notFound("ticket \(id)") }
        return ticket
    }
}

extension RPCError {
    /// A closed ticket takes nothing more: FAILED_PRECONDITION, `ticket_closed`.
    static func ticketClosed(_ id: Int64) -> RPCError {
        RPCError(.failedPrecondition, "ticket \(id) is closed", detail: ErrorDetail(code: "ticket_closed"))
    }

    /// What is unique is taken: ALREADY_EXISTS, `already_exists`.
    static func taken(_ field: String, _ message: String) -> RPCError {
        RPCError(
            .alreadyExists, "\(field): \(message)",
            detail: ErrorDetail(code: "already_exists", violations: [Violation(field: field, message: message)]))
    }

    /// The object changed since the caller saw it.
    static func stale(_ ticket: StoredTicket, _ message: String, for caller: Caller) throws -> RPCError {
        .staleVersion(message, current: try ticket.seen(by: caller).serialized())
    }
}
