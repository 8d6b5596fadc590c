import FoundationEssentials
public import Store
import Synchronization

/// Where the stores of tests are: SQLite in a folder, or, where `FIRSTLINE_TEST_POSTGRES` names a server, PostgreSQL.
public enum TestDatabase {
    /// The server's URL; nil for SQLite.
    public static let server = ProcessInfo.processInfo.environment["FIRSTLINE_TEST_POSTGRES"]

    /// Whether tests run on PostgreSQL; those of what only SQLite does are skipped then.
    public static var isPostgres: Bool { server != nil }

    /// The database for a test's `folder`: the same folder always has the same one.
    public static func at(_ folder: String) -> StoreDatabase {
        guard let server else { return .sqlite }
        return .postgres(PostgresAddress(url: server, schema: schema(of: folder)))
    }

    /// Options of a service that keeps its store there.
    public static func options(_ folder: String) -> [String] {
        guard let server else { return [] }
        return ["--store", server, "--store-schema", schema(of: folder)]
    }

    /// The checked-in schema of the engine that the tests run on.
    /// - Parameter name: as "intake-schema".
    public static func golden(_ name: String, testFile: String = #filePath) -> GoldenFile {
        GoldenFile(isPostgres ? "\(name).postgres.sql" : "\(name).sql", testFile: testFile)
    }

    /// Names of schemas have at most 63 bytes.
    private static func schema(of folder: String) -> String {
        let letters = folder.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return "t" + String(letters.suffix(60))
    }
}
