import Dispatch

/// An instance that wants to lead: its session that will write, and its look at the lease.
///
/// `@unchecked Sendable`: only touched on the queue of the lease.
final class LeaseContender: @unchecked Sendable {
    /// The advisory lock under which the lease's table is made.
    static let makingKey: Int64 = 0x4669_7273_744C_0000
    /// The advisory lock of whoever leads. One for each schema: a database may hold several services, each in its own.
    static let key = "hashtextextended(current_schema(), 4669727374)"

    private let address: PostgresAddress
    private let service: String
    private let table: LeaseTable
    private var session: PostgresSession?
    private var key: Int64 = 0
    /// Why the database could not be reached.
    private(set) var problem = ""

    init(_ address: PostgresAddress, service: String) {
        self.address = address
        self.service = service
        table = LeaseTable(address)
    }

    /// Tries to take the lock, and tells what it found.
    func look() throws(StoreError) -> LeaseContest.Event {
        do throws(StoreError) {
            let session = try open()
            let former = try table.holder()
            if try answer("SELECT pg_try_advisory_lock(\(key)) AS answer", session) == 1 {
                return .locked(isFresh: former?.isFresh == true)
            }
            return .held(
                LeaseContest.Holder(
                    backend: try table.backend(key: key), beat: former?.beat ?? 0, address: former?.address ?? ""))
        } catch {
            guard case .unavailable(let message) = error else { throw error }
            session = nil
            table.reconnect()
            problem = message
            return .unreachable
        }
    }

    func end(_ backend: Int64) throws(StoreError) {
        do throws(StoreError) {
            try table.end(backend: backend)
        } catch {
            guard case .unavailable = error else { throw error }
            session = nil
        }
    }

    /// Writes who leads now. The lock must be held.
    func lead(_ queue: DispatchQueue) throws -> PostgresLease {
        let session = try open()
        let beat = ContinuousClock.now
        let sql = """
            INSERT INTO store_lease (singleton, term, address, beat) VALUES (1, 1, ?, \(LeaseTable.now))
            ON CONFLICT (singleton) DO UPDATE SET term = store_lease.term + 1, address = excluded.address, beat = excluded.beat
            RETURNING term
            """
        let name = address.advertised.isEmpty ? service : address.advertised
        guard let term = try session.rows(sql, [.text(name)]).first?.int("term") else { throw StoreError.closed }
        self.session = nil
        return PostgresLease(term: term, address: address, session: session, watch: table, queue: queue, beat: beat)
    }

    private func open() throws(StoreError) -> PostgresSession {
        if let session, !session.isLost { return session }
        let session = try PostgresSession(address, name: "firstline \(service)")
        try makeSchema(session)
        try LeaseTable.make(session)
        key = try answer("SELECT \(Self.key) AS answer", session)
        self.session = session
        return session
    }

    /// Asked first: making needs a right that the role may lack.
    private func makeSchema(_ session: PostgresSession) throws(StoreError) {
        guard try answer("SELECT (current_schema() IS NULL)::int AS answer", session) == 1 else { return }
        try session.runScript("CREATE SCHEMA IF NOT EXISTS \"\(address.schema)\"")
    }

    private func answer(_ sql: String, _ session: PostgresSession) throws(StoreError) -> Int64 {
        guard let row = try session.rows(sql).first else { throw .closed }
        return try row.int("answer")
    }
}
