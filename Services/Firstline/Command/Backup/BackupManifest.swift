/// What a backup holds: `manifest.json`, written last, so that a folder without it is no backup.
struct BackupManifest: Codable, Sendable {
    /// Raised when an older `firstline restore` could not read the folder rightly.
    static let currentFormat = 1
    static let fileName = "manifest.json"

    var format = Self.currentFormat
    /// Of the firstline that made it.
    var version: String
    /// When all writers were held, RFC 3339 UTC.
    var takenAt: String
    var services: [Service]
    /// Certificates and tokens of the installation, when the backup was made beside its data.
    var installation: [File]

    struct Service: Codable, Sendable {
        var name: String
        /// The newest journal entry.
        var head: Place
        /// How far the journals of others are applied; never beyond their heads.
        var follows: [Place]
        /// How long the service's writer was held.
        var heldMilliseconds: Int64
        var files: [File]
    }

    struct Place: Codable, Sendable {
        var service: String
        var term: Int64
        var offset: Int64
    }

    struct File: Codable, Sendable {
        /// Within the folder of the service, or of the installation.
        var path: String
        var size: Int64
        /// Lower-case hexadecimal.
        var sha256: String
    }

    private enum CodingKeys: String, CodingKey {
        case format, version, takenAt = "taken_at", services, installation
    }

    /// What makes the copies unfit for each other; nil when nothing does.
    var contradiction: String? {
        for service in services {
            for place in service.follows {
                guard let source = services.first(where: { $0.name == place.service }) else { continue }
                guard place.term <= source.head.term, place.offset <= source.head.offset else {
                    return
                        "\(service.name) has applied \(place.service) up to \(place.term):\(place.offset), beyond its head "
                        + "\(source.head.term):\(source.head.offset)"
                }
            }
        }
        return nil
    }
}

extension BackupManifest.Service {
    private enum CodingKeys: String, CodingKey {
        case name, head, follows, heldMilliseconds = "held_ms", files
    }
}
