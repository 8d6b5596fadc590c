import FirstlineTesting
import FoundationEssentials
import Store
import Synchronization

/// A folder of one test's own, and the stores opened in it. The folder goes with the value.
final class TemporaryStore: Sendable {
    static let notes = Migration(
        "notes-1",
        sqlite: """
            CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE note (
                id INTEGER PRIMARY KEY,
                author_id INTEGER REFERENCES author (id),
                text TEXT NOT NULL CHECK (text <> 'forbidden'),
                weight REAL,
                picture BLOB
            ) STRICT;
            """)

    let folder: String
    let clock = TestClock()

    init() {
        folder = FileManager.default.temporaryDirectory.path + "/firstline-store-" + UUID().uuidString
    }

    /// What an error calls the place that somebody else has.
    var place: String {
        guard case .postgres(let address) = TestDatabase.at(folder) else { return folder }
        return "schema \(address.schema)"
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func open(
        migrations: [Migration] = [notes], limits: StoreLimits = StoreLimits(), service: String = "notes",
        onFailure: @escaping @Sendable (StoreFailure) -> Void = StoreFailure.stop
    ) throws -> Store {
        try Store.open(
            StoreConfiguration(
                folder: folder, service: service, migrations: migrations, limits: limits,
                database: TestDatabase.at(folder)),
            clock: clock, onFailure: onFailure)
    }
}

extension Store {
    /// Adds a note and its journal entry, as a service does.
    @discardableResult
    func add(note text: String) async throws -> Int64 {
        try await write("note.add") { transaction in
            let id = try transaction.nextID("note")
            try transaction.execute("INSERT INTO note (id, text) VALUES (?, ?)", [.integer(id), .text(text)])
            try transaction.append(JournalRecord(kind: "note_added", ticketID: id, body: Array(text.utf8)))
            return id
        }
    }

    /// Adds a note that fills pages.
    func addPicture(_ id: Int, bytes: Int = 100_000) async throws {
        try await write("picture.add") { transaction in
            try transaction.execute(
                "INSERT INTO note (id, text, picture) VALUES (?, 'p', zeroblob(?))", [Value(id), Value(bytes)])
        }
    }

    func countNotes() async throws -> Int64 {
        try await read { try $0.row("SELECT count(*) AS n FROM note")?.int("n") ?? -1 }
    }
}

/// A value that several tasks look at while it changes.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ initial: Value) {
        value = Mutex(initial)
    }
}
