import Model

extension JSONValue {
    /// An instant; null for 0, which means "none".
    static func instant(_ milliseconds: Int64) -> JSONValue {
        milliseconds == 0 ? .null : .string(Instant(milliseconds: milliseconds).description)
    }

    /// A duration; null for 0, which promises nothing.
    static func duration(_ milliseconds: Int64) -> JSONValue {
        milliseconds == 0 ? .null : .string(ISO8601Duration(milliseconds: milliseconds).description)
    }

    /// Milliseconds of an instant; 0 when absent or null. The shape was checked before.
    var instantMilliseconds: Int64 { string.flatMap { Instant($0) }?.milliseconds ?? 0 }
    /// Milliseconds of a duration; 0 when absent or null. The shape was checked before.
    var durationMilliseconds: Int64 { string.flatMap { ISO8601Duration($0) }?.milliseconds ?? 0 }
    /// An id; 0 for null.
    var idOrNone: Int64 { integer ?? 0 }
    var textOrNone: String { string ?? "" }
    var strings: [String] { elements?.compactMap(\.string) ?? [] }
    var ids: [Int64] { elements?.compactMap(\.integer) ?? [] }
}

extension JSONValue {
    func ids(_ name: String) -> [Int64] { self[name]?.ids ?? [] }
    func id(_ name: String) -> Int64 { self[name]?.idOrNone ?? 0 }
    func text(_ name: String) -> String { self[name]?.textOrNone ?? "" }
    func strings(_ name: String) -> [String] { self[name]?.strings ?? [] }
}
