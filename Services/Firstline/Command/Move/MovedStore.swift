import FoundationEssentials
import Model

/// What a service's executable tells of its moved store.
struct MovedStore: Sendable, Decodable {
    var service: String
    /// "moved", or "moved_before".
    var outcome: String
    var tables: Int64
    var rows: Int64
    var blobs: Int64
    var term: Int64
    var head: Int64

    init(_ text: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(text.utf8))
    }

    /// For a person.
    var line: String {
        let before = outcome == "moved_before" ? "was moved before: " : ""
        let files = blobs == 0 ? "" : ", \(blobs) attachments and sources"
        return "\(service): \(before)\(rows) rows of \(tables) tables\(files), the journal to \(head); all of it equal"
    }

    var json: JSONValue {
        .object([
            JSONMember(name: "service", value: .string(service)), JSONMember(name: "outcome", value: .string(outcome)),
            JSONMember(name: "tables", value: .integer(tables)), JSONMember(name: "rows", value: .integer(rows)),
            JSONMember(name: "blobs", value: .integer(blobs)), JSONMember(name: "term", value: .integer(term)),
            JSONMember(name: "head", value: .integer(head)),
        ])
    }
}
