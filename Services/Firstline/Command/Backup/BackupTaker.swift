import FoundationEssentials
import Model
import Wire

/// Takes one consistent copy of all services: holds every writer at one moment, lets them go on, and stores what they send.
struct BackupTaker: Sendable {
    /// How long a service may take to say that its writer is held.
    static let freezeTime: Duration = .seconds(10)
    /// How long a whole copy may take.
    static let copyTime: Duration = .seconds(12 * 3_600)
    /// A busy service may be held too late; then all are asked again.
    static let attempts = 5
    static let pause: Duration = .milliseconds(300)

    let system: RunningSystem
    let clients: SystemClients
    /// The backup's folder.
    let folder: String
    let progress: @Sendable (String) -> Void

    private enum Event: Sendable {
        case copied(BackupManifest.Service)
        /// All writers were held at this moment, and go on.
        case thawed(atMilliseconds: Int64)
    }

    /// What was copied of each service, in the system's order, and the moment at which all were held.
    func take() async throws -> (services: [BackupManifest.Service], atMilliseconds: Int64) {
        for attempt in 1... {
            do {
                return try await takeOnce()
            } catch let error as RPCError where Self.isWorthRepeating(error) && attempt < Self.attempts {
                progress("the services could not all be held at once; trying again")
                for service in system.services { try Folders.remove("\(folder)/\(service.name)") }
                try await Task.sleep(for: Self.pause * attempt)
            }
        }
        preconditionFailure("the last attempt returns or throws")
    }

    private func takeOnce() async throws -> (services: [BackupManifest.Service], atMilliseconds: Int64) {
        let (frozen, announce) = AsyncStream.makeStream(of: (String, BackupFrozen).self)
        return try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            for service in system.services {
                group.addTask {
                    .copied(try await copy(service.name) { announce.yield((service.name, $0)) })
                }
            }
            group.addTask {
                var tokens: [String: String] = [:]
                for await (name, part) in frozen {
                    tokens[name] = part.token
                    if tokens.count == system.services.count { break }
                }
                let now = Int64(Date().timeIntervalSince1970 * 1_000)
                if !Task.isCancelled { try await thaw(tokens) }
                return .thawed(atMilliseconds: now)
            }
            var copied: [String: BackupManifest.Service] = [:]
            var moment: Int64 = 0
            while let event = try await group.next() {
                switch event {
                case .copied(let service): copied[service.name] = service
                case .thawed(let milliseconds): moment = milliseconds
                }
            }
            return (system.services.compactMap { copied[$0.name] }, moment)
        }
    }

    /// Lets all writers go on; each is told, whatever another answers.
    private func thaw(_ tokens: [String: String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, token) in tokens {
                group.addTask {
                    _ = try await BackupClient(clients.channel(name)).thaw(
                        ThawBackupRequest(token: token), CallOptions(timeout: Self.freezeTime))
                }
            }
            try await group.waitForAll()
        }
    }

    /// One service's copy, from the freeze to the last byte.
    private func copy(
        _ name: String, frozen: @escaping @Sendable (BackupFrozen) -> Void
    ) async throws -> BackupManifest.Service {
        let received = ReceivedCopy(service: name, folder: "\(folder)/\(name)")
        try await BackupClient(clients.channel(name)).take(TakeBackupRequest(), CallOptions(timeout: Self.copyTime)) {
            switch $0.part {
            case .frozen(let part):
                await received.begin(part)
                frozen(part)
            case .thawed(let part): await received.thawed(part)
            case .data(let part): try await received.add(part)
            case nil: break
            }
        }
        let service = try await received.finish()
        progress("\(name): \(service.files.count) files, \(service.files.map(\.size).reduce(0, +)) bytes")
        return service
    }

    private static func isWorthRepeating(_ error: RPCError) -> Bool {
        error.detail?.code == "backup_too_slow"
    }
}
