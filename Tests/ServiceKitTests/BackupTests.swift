import FirstlineTesting
import Glibc
import Model
import ServiceKit
import Store
import Synchronization
import Testing
import Wire

@Suite("A service's backup")
struct BackupTests {
    private static let definition = ServiceDefinition(name: "notification", migrations: [], peers: []) { _ in
        ServiceParts(handlers: [])
    }

    /// What came of one backup.
    private final class Parts: Sendable {
        let frozen = Mutex<BackupFrozen?>(nil)
        let thawed = Mutex<BackupThawed?>(nil)
        let files = Mutex<[String: Int]>([:])
    }

    private final class Flag: Sendable {
        let value = Mutex(false)
    }

    private final class Text: Sendable {
        let value = Mutex("")
    }

    private func code<Result>(_ body: () async throws -> Result) async -> String {
        do {
            _ = try await body()
            return "ok"
        } catch {
            return (error as? RPCError)?.detail?.code ?? "\(error)"
        }
    }

    @Test("Writes wait while the writer is held, and go on once it is let go; the copy holds what was there before")
    func holds() async throws {
        try await TestService.with(Self.definition) { service in
            try await service.store.write("before") { try $0.advanceCursor(of: "intake", term: 1, offset: 7) }
            let client = BackupClient(try service.channel())
            let parts = Parts()
            let written = Flag()
            try await client.take(TakeBackupRequest()) { part in
                switch part.part {
                case .frozen(let frozen):
                    parts.frozen.withLock { $0 = frozen }
                    async let during: Void = service.store.write("during") { _ in written.value.withLock { $0 = true } }
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(!written.value.withLock { $0 })
                    _ = try await client.thaw(ThawBackupRequest(token: frozen.token))
                    try await during
                case .thawed(let thawed): parts.thawed.withLock { $0 = thawed }
                case .data(let data): parts.files.withLock { $0[data.path, default: 0] += data.data.count }
                case nil: Issue.record("an empty part")
                }
            }
            let frozen = try #require(parts.frozen.withLock { $0 })
            #expect(frozen.follows == [Place(service: "intake", term: 1, offset: 7)])
            #expect(frozen.head?.service == "notification")
            #expect(try #require(parts.thawed.withLock { $0 }).heldMilliseconds >= 100)
            let files = parts.files.withLock { $0 }
            #expect(files.keys.sorted() == ["store.sqlite"] && files["store.sqlite"]! > 4_096)
            #expect(access("\(service.setup.folder.path)/notification/backup", F_OK) != 0)
        }
    }

    @Test("A backup that is not thawed in time ends, and the writer goes on; another may be taken then")
    func tooSlow() async throws {
        try await TestService.with(Self.definition) { service in
            let client = BackupClient(try service.channel())
            #expect(
                await code { try await client.take(TakeBackupRequest(limitMilliseconds: 50)) { _ in } }
                    == "backup_too_slow")
            try await service.store.write("after") { _ in }
            #expect(
                await code { try await client.take(TakeBackupRequest(limitMilliseconds: 1_001)) { _ in } }
                    == "invalid_field")
            #expect(await code { try await client.thaw(ThawBackupRequest(token: "none")) } == "not_found")
        }
    }

    @Test("Only one backup at a time, and only for the operator")
    func refusals() async throws {
        try await TestService.with(Self.definition) { service in
            let client = BackupClient(try service.channel())
            let inside = Text()
            try await client.take(TakeBackupRequest()) { part in
                guard case .frozen(let frozen) = part.part else { return }
                let second = await code { try await client.take(TakeBackupRequest()) { _ in } }
                inside.value.withLock { $0 = second }
                _ = try await client.thaw(ThawBackupRequest(token: frozen.token))
            }
            #expect(inside.value.withLock { $0 } == "backup_in_progress")
            let other = BackupClient(try service.channel(as: "intake"))
            #expect(await code { try await other.take(TakeBackupRequest()) { _ in } } == "forbidden")
        }
    }

    @Test("A folder marked as restored begins a new term at the next start, once")
    func restored() async throws {
        let setup = try TestService.Setup()
        let first = try await TestService.with(Self.definition, setup) { await $0.store.head.term }
        close(open("\(setup.folder.path)/notification/restored", O_CREAT | O_WRONLY, 0o600))
        let second = try await TestService.with(Self.definition, setup) { await $0.store.head.term }
        let third = try await TestService.with(Self.definition, setup) { await $0.store.head.term }
        #expect(second > first && third == second)
    }
}
