/// Which engine's SQL: where the two must differ, in definitions and in search.
public enum Dialect: String, Sendable, Hashable, CaseIterable {
    case sqlite
    case postgres
}
