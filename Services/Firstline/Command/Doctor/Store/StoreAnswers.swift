import Store

/// What a service's store told, and the way to ask it more.
struct StoreAnswers: Sendable {
    /// Nil when it could not be opened.
    let inspector: (any StoreInspector)?
    /// Nil when it could not be read.
    var facts: StoreFacts?
    /// Why it could not be opened or read.
    var problem: String?
    /// What the engine's own check says; nil when it did not come to its end.
    var damage: [String]?
    /// Why the engine's own check did not come to its end.
    var unchecked: String?
    /// What only a store in PostgreSQL has to tell; nil for SQLite.
    var database: DatabaseAnswers?

    /// How long one look at a store may take; ten times that when asked to be thorough.
    private static let lookTime: Duration = .seconds(60)

    /// Asks every store. Places of followers are read before the journals' heads, which only grow meanwhile.
    static func ask(
        _ services: [ServiceFolder], described: [String: ServiceProgram.Description], isThorough: Bool
    ) -> [String: StoreAnswers] {
        let limit = isThorough ? lookTime * 10 : lookTime
        var stores: [String: StoreAnswers] = [:]
        for service in services {
            if case .fine(let program) = described[service.name], program.store != "sqlite" {
                stores[service.name] = program.database.map { open($0, limit: limit, isThorough: isThorough) }
            } else if service.hasStore {
                stores[service.name] = open(service, limit: limit)
            }
        }
        for name in stores.keys { stores[name]?.read { try StoreFacts(cursorsOf: $0) } }
        for name in stores.keys {
            let cursors = stores[name]?.facts
            stores[name]?.read { inspector in
                var facts = cursors ?? StoreFacts()
                try facts.read(inspector)
                return facts
            }
        }
        for name in stores.keys { stores[name]?.check(name, isThorough: isThorough) }
        return stores
    }

    private static func open(_ service: ServiceFolder, limit: Duration) -> StoreAnswers {
        do {
            return StoreAnswers(
                inspector: try SQLiteInspector(folder: service.path, limit: limit, isServed: service.process != nil))
        } catch {
            return StoreAnswers(inspector: nil, problem: "\(error)")
        }
    }

    private static func open(_ address: PostgresAddress, limit: Duration, isThorough: Bool) -> StoreAnswers {
        var database = DatabaseAnswers(schema: address.schema)
        do {
            let inspector = try PostgresInspector(address, limit: limit)
            try database.ask(inspector, isThorough: isThorough)
            return StoreAnswers(inspector: database.hasStore ? inspector : nil, database: database)
        } catch {
            if case .unavailable? = error as? StoreError { database.isUnreachable = true }
            return StoreAnswers(inspector: nil, problem: said(error), database: database)
        }
    }

    private mutating func read(_ body: (any StoreInspector) throws -> StoreFacts) {
        guard let inspector, problem == nil else { return }
        do { facts = try body(inspector) } catch { problem = Self.said(error) }
    }

    private mutating func check(_ service: String, isThorough: Bool) {
        guard let inspector else { return }
        do {
            damage = try inspector.damage(thorough: isThorough)
            if isThorough, database != nil { damage? += try Orphans.lines(in: inspector, of: service) }
        } catch let error as InspectionEnded {
            unchecked = Self.said(error)
        } catch StoreError.unavailable(let message) {
            unchecked = message
        } catch {
            damage = [Self.said(error)]
        }
    }

    static func said(_ error: any Error) -> String {
        switch error {
        case let ended as InspectionEnded:
            ended.reason == .logGrew
                ? "it was ended, for the write-ahead log had grown meanwhile" : "it was ended, for it took too long"
        case StoreError.database(_, let message), StoreError.io(_, let message), StoreError.unavailable(let message):
            message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        default: "\(error)"
        }
    }
}
