/// Something in which two stores differ that should be equal.
public struct MoveDifference: Sendable, Hashable, Encodable, CustomStringConvertible {
    /// A table's name, or "blobs".
    public let table: String
    /// Which row, as "id 7"; empty for the whole table.
    public let key: String
    public let what: String

    init(_ table: String, key: String = "", _ what: String) {
        self.table = table
        self.key = key
        self.what = what
    }

    public var description: String { "\(table)\(key.isEmpty ? "" : " " + key): \(what)" }
}
