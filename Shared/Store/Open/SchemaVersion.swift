/// How far a store's schema has come: how many of the seam's migrations and how many of the service's have run, as "1.5".
public struct SchemaVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var seam: Int
    public var service: Int

    public init(seam: Int, service: Int) {
        self.seam = seam
        self.service = service
    }

    /// Reads what `description` writes.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let seam = parts[0], let service = parts[1], seam >= 0, service >= 0 else { return nil }
        self.init(seam: seam, service: service)
    }

    public var description: String { "\(seam).\(service)" }

    public static func < (one: SchemaVersion, other: SchemaVersion) -> Bool {
        (one.seam, one.service) < (other.seam, other.service)
    }
}
