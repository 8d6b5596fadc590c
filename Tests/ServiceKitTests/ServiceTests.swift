import FirstlineTesting
import Logging
import Model
@testable import ServiceKit
import Store
import Testing
import Wire

@Suite("A running service")
struct ServiceTests {
    /// Counts how often it was really asked.
    private struct Handler: NotificationHandler {
        let store: Store

        func listDeliveries(_ request: ListDeliveriesRequest, _ context: CallContext) async throws
            -> ListDeliveriesResponse
        {
            ListDeliveriesResponse(nextCursor: context.caller.identity)
        }

        func getDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery {
            switch request.id {
            case 1: throw InvalidRequest("id", "is odd")
            case 2: throw StoreError.full
            case 3: throw Unexpected()
            default: throw RPCError.notFound("delivery")
            }
        }

        func retryDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery {
            try await store.perform(context, request) { transaction in
                Delivery(id: try transaction.nextID("delivery"), ticketID: request.id)
            }
        }
    }

    private struct Unexpected: Error {}

    private static let definition = ServiceDefinition(name: "notification", migrations: [], peers: ["intake"]) {
        environment in
        ServiceParts(handlers: [Handler(store: environment.store)])
    }

    private func code<Result>(_ body: () async throws -> Result) async -> String {
        do {
            _ = try await body()
            return "ok"
        } catch {
            return (error as? RPCError)?.detail?.code ?? "\(error)"
        }
    }

    @Test("A repeated call with its key gets the first answer; another request under that key is refused")
    func idempotency() async throws {
        try await TestService.with(Self.definition) { service in
            let client = NotificationClient(try service.channel())
            let keyed = CallOptions(metadata: Metadata([(Metadata.idempotencyKey, "k1")]))
            let first = try await client.retryDelivery(GetDeliveryRequest(id: 5), keyed)
            #expect(try await client.retryDelivery(GetDeliveryRequest(id: 5), keyed) == first)
            #expect(
                await code { try await client.retryDelivery(GetDeliveryRequest(id: 6), keyed) }
                    == "idempotency_key_reused")
            // The key is the caller's own.
            let other = NotificationClient(try service.channel(as: Principal(role: .agent, userID: 9)))
            #expect(try await other.retryDelivery(GetDeliveryRequest(id: 6), keyed).id == first.id + 1)
            #expect(try await client.retryDelivery(GetDeliveryRequest(id: 5)).id == first.id + 2)
            let long = CallOptions(metadata: Metadata([(Metadata.idempotencyKey, String(repeating: "k", count: 256))]))
            #expect(await code { try await client.retryDelivery(GetDeliveryRequest(id: 5), long) } == "invalid_field")
        }
    }

    @Test("What our layers throw reaches the caller as its code, and nothing else does")
    func translation() async throws {
        try await TestService.with(Self.definition) { service in
            let client = NotificationClient(try service.channel())
            let codes = ["invalid_field", "storage_full", "internal", "not_found"]
            for (id, expected) in zip(Int64(1)..., codes) {
                #expect(await code { try await client.getDelivery(GetDeliveryRequest(id: id)) } == expected)
            }
        }
    }

    @Test("The table is asked on every call, with the person that the gateway speaks for")
    func access() async throws {
        try await TestService.with(Self.definition) { service in
            let list = ListDeliveriesRequest()
            let agent = NotificationClient(try service.channel(as: Principal(role: .agent, userID: 4)))
            #expect(try await agent.listDeliveries(list).nextCursor == "user:4")
            let requester = NotificationClient(try service.channel(as: Principal(role: .requester, requesterID: 4)))
            #expect(await code { try await requester.listDeliveries(list) } == "forbidden")
            let other = NotificationClient(try service.channel(as: "warehouse"))
            #expect(await code { try await other.listDeliveries(list) } == "forbidden")
            #expect(
                await code { try await JournalClient(try service.channel(as: "warehouse")).head(HeadRequest()) }
                    == "forbidden")
            #expect(try await JournalClient(try service.channel(as: "routing")).head(HeadRequest()).head == 0)
            let health = try await HealthClient(try service.channel(as: "warehouse")).check(HealthCheckRequest())
            #expect(health.service == "notification" && health.version == FirstlineVersion.current)
        }
    }

    @Test("Reflection names the services of this port and describes every message")
    func reflection() async throws {
        try await TestService.with(Self.definition) { service in
            let description = try await ReflectionClient(try service.channel()).describe(DescribeRequest())
            #expect(
                description.services == [
                    "firstline.v1.Backup", "firstline.v1.Health", "firstline.v1.Journal",
                    "firstline.v1.Notification", "firstline.v1.Reflection",
                ])
            #expect(description.fileDescriptorSet == WireSchema.fileDescriptorSet)
        }
    }

    @Test("Admin HTTP tells life, readiness and metrics; endpoints.json names the addresses while it runs")
    func admin() async throws {
        let setup = try TestService.Setup()
        try await TestService.with(Self.definition, setup) { service in
            let admin = try await service.adminAddress()
            #expect(try await TestHTTP.get("/healthz", at: admin).status == 200)
            let ready = try await TestHTTP.get("/readyz", at: admin)
            #expect(
                ready.status == 200 && ready.body.contains(#""ready":true"#) && ready.head.contains("application/json"))
            _ = try await NotificationClient(try service.channel()).listDeliveries(ListDeliveriesRequest())
            let metrics = try await TestHTTP.get("/metrics", at: admin)
            #expect(metrics.head.contains("text/plain; version=0.0.4"))
            #expect(
                metrics.body.contains(
                    #"firstline_rpc_calls_total{method="firstline.v1.Notification/ListDeliveries",code="ok"} 1"#))
            for name in [
                "process_resident_memory_bytes", "process_open_fds", "firstline_journal_head", "firstline_build_info",
            ] {
                #expect(metrics.body.contains("\n\(name)"))
            }
            let file = try #require(setup.folder.read("notification/endpoints.json"))
            #expect(file.contains(#""rpc":"\#(service.running.rpcAddress)""#) && file.contains(#""admin":"\#(admin)""#))
        }
        #expect(setup.folder.read("notification/endpoints.json") == nil)
    }

    @Test("A listener that has not announced itself, or a check that fails, makes it unready")
    func unready() async throws {
        let definition = ServiceDefinition(name: "notification", migrations: [], peers: []) { _ in
            ServiceParts(handlers: [], ready: [ReadyCheck("mood") { "bad" }], endpoints: ["lmtp"])
        }
        try await TestService.with(definition) { service in
            let health = try await HealthClient(try service.channel()).check(HealthCheckRequest())
            #expect(!health.ready)
            let admin = try await service.adminAddress()
            let ready = try await TestHTTP.get("/readyz", at: admin)
            #expect(
                ready.status == 503 && ready.body.contains("lmtp: does not listen yet")
                    && ready.body.contains("mood: bad"))
        }
    }

    @Test("A second service on the same folder is refused")
    func secondStart() async throws {
        let setup = try TestService.Setup()
        try await TestService.with(Self.definition, setup) { _ in
            await #expect(throws: StoreError.inUse(folder: setup.folder.path + "/notification")) {
                try await TestService.with(Self.definition, setup) { _ in }
            }
        }
    }

    @Test("Without TLS only loopback addresses are taken, and TLS wants its files")
    func addresses() async throws {
        for arguments in [
            ["--listen", "0.0.0.0:0", "--insecure-loopback"], ["--peer-intake", "10.0.0.1:1", "--insecure-loopback"],
            [],
        ] {
            let folder = try TestFolder()
            let all = arguments + ["--data", folder.path + "/notification"]
            let config = try await Self.definition.config(arguments: all)
            await #expect(throws: ConfigError.self) {
                try await RunningService.start(
                    Self.definition, config: config, logger: LogSetup(service: "x", level: .critical).logger())
            }
        }
    }
}

extension TestService {
    /// Where admin HTTP listens, once it does.
    func adminAddress() async throws -> HostPort {
        while true {
            if let address = running.endpoints.address("admin") { return address }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
