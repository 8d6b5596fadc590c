import FirstlineTesting
import Logging
import Model
@testable import ServiceKit
import Store
import Synchronization
import Testing
import Wire

@Suite("Traces")
struct TraceTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [JSONValue] {
            lines.withLock { $0 }.compactMap { try? JSONParser.value(of: Array($0.utf8)) }
        }
        var sink: LogSink { LogSink { line in self.lines.withLock { $0.append(line) } } }
    }

    private static let traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"

    /// Answers with what the handler knows of its trace.
    private struct Handler: NotificationHandler {
        func listDeliveries(_ request: ListDeliveriesRequest, _ context: CallContext) async throws
            -> ListDeliveriesResponse
        {
            ListDeliveriesResponse(nextCursor: "\(context.traceParent ?? "") \(TraceContext.header)")
        }

        func getDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery { Delivery() }

        func retryDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery {
            Delivery(recipient: context.traceParent ?? "", lastError: TraceContext.header)
        }
    }

    private static let definition = ServiceDefinition(name: "notification", migrations: [], peers: []) { _ in
        ServiceParts(handlers: [Handler()])
    }

    @Test("A call goes on with its caller's trace, one span further")
    func continued() async throws {
        try await TestService.with(Self.definition) { service in
            let client = NotificationClient(try service.channel())
            let options = CallOptions(metadata: Metadata([(Metadata.traceParentKey, Self.traceParent)]))
            let known = try await client.listDeliveries(ListDeliveriesRequest(), options).nextCursor
                .split(separator: " ").map { TraceParent($0) }
            #expect(known.count == 2 && known[0] == known[1])
            #expect(known[0]?.traceID == Self.traceID && known[0]?.description != Self.traceParent)
        }
    }

    @Test("A call that changes something begins a trace where it names none, or a broken one; one that reads does not")
    func begun() async throws {
        try await TestService.with(Self.definition) { service in
            let client = NotificationClient(try service.channel())
            var traces: Set<String> = []
            for header in [nil, "nonsense", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"] {
                var options = CallOptions()
                options.metadata[Metadata.traceParentKey] = header
                let known = try await client.retryDelivery(GetDeliveryRequest(id: 1), options)
                #expect(known.recipient == known.lastError)
                traces.insert(try #require(TraceParent(known.recipient)).traceID)
            }
            #expect(traces.count == 3 && !traces.contains(Self.traceID))
            #expect(try await client.listDeliveries(ListDeliveriesRequest()).nextCursor == " ")
        }
    }

    @Test("What a service has journaled is logged within its trace, each kind at its level")
    func journaled() async throws {
        let lines = Lines()
        let setup = LogSetup(service: "intake", level: .info, sink: lines.sink, clock: TestClock())
        let folder = try TestFolder()
        let store = try Store.open(
            StoreConfiguration(folder: folder.path + "/intake", service: "intake", migrations: []), clock: TestClock())
        try await store.write("test") { transaction in
            let actor = Actor(kind: .system)
            try transaction.journal(
                .ticketCreated(TicketCreated(requesterID: 1)), actor: actor, ticketID: 7, traceParent: Self.traceParent)
            try transaction.journal(
                .messageAdded(MessageAdded(messageID: 9)), actor: actor, ticketID: 7, traceParent: Self.traceParent)
            try transaction.journal(.timerWarned(TimerWarned(metric: .resolution)), actor: actor, ticketID: 8)
        }
        let last = try await JournalLog(service: "intake", store: store, logger: setup.logger()).logEntries(after: 0)
        #expect(last == 3)
        let term = await store.head.term
        await store.close()
        #expect(lines.all.map { $0["message"]?.string } == ["ticket created", "timer warned"])
        #expect(lines.all.map { $0["trace_id"]?.string } == [Self.traceID, nil])
        #expect(lines.all.map { $0["ticket.id"]?.string } == ["7", "8"])
        #expect(lines.all.last?["timer.metric"]?.string == "resolution")
        #expect(lines.all.last?["journal.place"]?.string == "intake:\(term):3")
    }

    @Test("A line is known for every kind that any service journals")
    func kinds() {
        let bodies: [JournalEntry.Body] = [
            .ticketCreated(TicketCreated()), .ticketChanged(TicketChanged()), .messageAdded(MessageAdded()),
            .escalationRequested(EscalationRequested()), .requesterChanged(RequesterChanged()),
            .organizationChanged(OrganizationChanged()), .proposalRefused(ProposalRefused()),
            .assignmentProposed(AssignmentProposed()), .agentChanged(AgentChanged()), .teamChanged(TeamChanged()),
            .timerChanged(TimerChanged()), .timerWarned(TimerWarned()), .timerBreached(TimerBreached()),
            .deliveryChanged(DeliveryChanged()), .surveyAnswered(SurveyAnswered()), .userChanged(UserChanged()),
            .mailBounced(MailBounced()),
        ]
        #expect(Set(bodies.map(\.kind)) == Set(JournalLine.lines.keys))
    }

    @Test("Work that was put off goes on within the trace that was kept with it")
    func resumed() async {
        await TraceContext.resuming(Self.traceParent) { #expect(TraceContext.header == Self.traceParent) }
        await TraceContext.resuming("") { #expect(TraceContext.header.isEmpty) }
    }
}
