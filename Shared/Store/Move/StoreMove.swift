/// Moves a service's store from one engine to the other: copies it, compares it, and only then lets anybody serve it.
///
/// The old store is only read (its schema is brought up to date first, as at any start). A move that was cut short goes on where it
/// stopped: rows are copied in the order of their keys, so that what the new store has is the beginning of each table.
public struct StoreMove: Sendable {
    /// A page is read within this time, or the move fails.
    static let readLimit: Duration = .seconds(600)

    let old: StoreConfiguration
    let new: StoreConfiguration
    let rebuilt: RebuiltTables?
    let clock: any WallClock

    /// - Parameters:
    ///   - old: with the place that the store is in.
    ///   - new: the same service with the place that it goes to.
    public init(
        from old: StoreConfiguration, to new: StoreConfiguration, rebuilt: RebuiltTables?,
        clock: any WallClock = SystemClock()
    ) {
        var old = old
        var new = new
        // What is there is carried as it is: nothing expires on the way.
        old.limits.idempotencyMilliseconds = .max / 4
        new.limits.idempotencyMilliseconds = .max / 4
        new.limits.slowWriteMilliseconds = 60_000
        new.acceptsUnfinishedMove = true
        self.old = old
        self.new = new
        self.rebuilt = rebuilt
        self.clock = clock
    }

    /// Moves, or goes on with a move, or checks one that is done.
    /// - Returns: what it came to; with differences the new store stays closed to services.
    /// - Throws: ``MoveRefusal``, `StoreError`, and `CancellationError`.
    public func run(progress: @escaping @Sendable (MoveProgress) -> Void) async throws -> MoveReport {
        guard (old.database == .sqlite) != (new.database == .sqlite) else { throw MoveRefusal.sameEngine }
        guard try StorePresence.isThere(old) else { throw MoveRefusal.noStore(place: old.place) }
        let source = try Store.open(old, clock: clock)
        do {
            let target = try Store.open(new, clock: clock)
            do {
                let report = try await move(source, target, progress)
                await target.close()
                await source.close()
                return report
            } catch {
                await target.close()
                throw error
            }
        } catch {
            await source.close()
            throw error
        }
    }

    private func move(
        _ source: Store, _ target: Store, _ progress: @escaping @Sendable (MoveProgress) -> Void
    ) async throws -> MoveReport {
        let embedded = source.dialect == .sqlite ? source : target
        let derived = rebuilt?.names ?? []
        let tables = try await embedded.read(within: Self.readLimit) { try $0.movedTables(leavingOut: derived) }
        let ledger = try await source.ledger()
        let blobs = BlobMove(
            from: source.blobs(folder: old.folder, clock: clock), to: target.blobs(folder: new.folder, clock: clock),
            progress: progress)
        let rows = RowMove(from: source, to: target, progress: progress)

        var report = MoveReport(service: new.service)
        report.tables = tables.count
        (report.term, report.head) = (ledger.term, ledger.head)
        if try await MoveBeginning(source: ledger, target: target, tables: tables, place: new.place).isDone() {
            report.outcome = .movedBefore
        } else {
            for table in tables { try await rows.copy(table) }
            report.differences += try await blobs.copy()
            try await rebuilt?.rebuild(target) { done, total in
                progress(MoveProgress(.rebuilding, done: done, total: total))
            }
        }
        for table in tables {
            let (count, difference) = try await rows.check(table)
            report.rows += count
            if let difference { report.differences.append(difference) }
        }
        for (store, name) in [(source, "old"), (target, "new")] {
            report.differences += try await store.journalGaps(head: ledger.head, of: name)
        }
        let (count, differences) = try await blobs.check()
        report.blobs = count
        report.differences += differences
        guard report.differences.isEmpty else {
            report.outcome = .different
            return report
        }
        if report.outcome == .moved { try await target.endMove(from: ledger) }
        return report
    }
}
