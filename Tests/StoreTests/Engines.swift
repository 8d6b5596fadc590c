import FirstlineTesting
import Testing

extension Trait where Self == ConditionTrait {
    /// What only SQLite does: its files, its log, its copies.
    static var sqliteOnly: Self { .disabled(if: TestDatabase.isPostgres, "only SQLite does it") }
    /// What only PostgreSQL does: sessions, leases.
    static var postgresOnly: Self { .enabled(if: TestDatabase.isPostgres, "FIRSTLINE_TEST_POSTGRES names no server") }
}
