import CPostgreSQL

/// The types of PostgreSQL that stand for the seam's values, by their object ids in its catalogue.
enum PostgresType {
    static let boolean: Oid = 16
    static let bytes: Oid = 17
    static let name: Oid = 19
    static let integer8: Oid = 20
    static let integer2: Oid = 21
    static let integer4: Oid = 23
    static let text: Oid = 25
    static let real4: Oid = 700
    static let real8: Oid = 701
    static let numeric: Oid = 1700

    /// How statements name a type of which arrays are sent; nil for others.
    static func name(of type: Oid) -> String? {
        switch type {
        case boolean: "boolean"
        case bytes: "bytea"
        case integer8: "bigint"
        case integer4: "integer"
        case integer2: "smallint"
        case text: "text"
        case real8: "double precision"
        default: nil
        }
    }

    /// As what a parameter is declared when a statement is first prepared with `value`; 0 leaves it to the server.
    static func declared(for value: Value) -> Oid {
        switch value {
        case .null: 0
        case .integer: integer8
        case .real: real8
        case .text: text
        case .blob: bytes
        }
    }
}
