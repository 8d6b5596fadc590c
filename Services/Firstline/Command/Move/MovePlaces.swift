import FoundationEssentials

/// Where stores are and where they go: "sqlite", or the URL of a PostgreSQL database.
struct MovePlaces: Sendable {
    static let sqlite = "sqlite"

    let from: String
    let to: String

    /// What an option says, or the file that it names in its place.
    static func place(_ option: String, _ value: String?, file: String?) throws -> String {
        guard let file else { return value ?? sqlite }
        guard value == nil else { throw CommandFailure("--\(option) is given twice", ExitStatus.usage) }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("--\(option)-file: \(file) cannot be read", ExitStatus.noInput)
        }
        let text = String(decoding: data, as: UTF8.self)
        return text.last?.isNewline == true ? String(text.dropLast()) : text
    }

    /// Throws unless it goes from one engine to the other.
    func check() throws {
        for (option, place) in [("--from", from), ("--to", to)] {
            guard place == Self.sqlite || Self.isPostgres(place) else {
                throw CommandFailure(
                    "\(option) is neither sqlite nor a URL that begins with postgres://", ExitStatus.usage)
            }
        }
        guard Self.isPostgres(from) != Self.isPostgres(to) else {
            throw CommandFailure("either --from or --to must be a URL that begins with postgres://", ExitStatus.usage)
        }
    }

    private static func isPostgres(_ place: String) -> Bool {
        place.hasPrefix("postgres://") || place.hasPrefix("postgresql://")
    }
}
