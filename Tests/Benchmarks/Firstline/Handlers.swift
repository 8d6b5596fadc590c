import Model
import Wire

/// Answers every new ticket with the same one.
struct TicketHandler: ServiceHandler {
    static let createTicket = "firstline.v1.Intake/CreateTicket"

    func register(in table: inout some MethodTable) {
        table.unary(Self.createTicket) {
            (request: CreateTicketRequest, context: CallContext) async throws -> TicketReply in
            try await self.createTicket(request, context)
        }
    }

    private func createTicket(_ request: CreateTicketRequest, _ context: CallContext) async throws -> TicketReply {
        guard !request.subject.isEmpty, context.idempotencyKey != nil else {
            throw RPCError.invalidField("subject", "must not be empty")
        }
        return Samples.reply
    }
}

/// Streams entries until the caller has enough.
struct EntriesHandler: JournalHandler {
    func follow(
        _ request: FollowRequest, _ context: CallContext, _ responses: ResponseStream<FollowResponse>
    ) async throws {
        var offset = request.afterOffset
        while !Task.isCancelled {
            offset += 1
            try await responses.send(FollowResponse(entries: [Samples.entry(offset: offset)], term: 1, head: offset))
        }
    }

    func head(_ request: HeadRequest, _ context: CallContext) async throws -> HeadResponse {
        HeadResponse(term: 1, head: .max)
    }
}
