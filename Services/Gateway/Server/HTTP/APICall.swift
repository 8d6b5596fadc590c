import HTTPTypes
import Model
import Wire

/// One authenticated call of the API, checked against its route.
struct APICall: Sendable {
    var http: HTTPCall
    var identity: Identity
    /// The route's named path segments.
    var path: [String: String]
    /// The checked parameters of the query.
    var query: [String: [String]]
    /// The checked body of a JSON route.
    var json: JSONValue = .object([])
    /// What owners are told: principal, idempotency key, trace.
    var metadata: Metadata

    var caller: Caller { identity.caller }

    /// For a call to an owner.
    var options: CallOptions { CallOptions(metadata: metadata) }

    /// For one of several calls under one idempotency key.
    func options(step: String) -> CallOptions {
        var options = options
        if let key = metadata[Metadata.idempotencyKey] { options.metadata[Metadata.idempotencyKey] = "\(key)/\(step)" }
        return options
    }

    /// For a call that changes nothing, made on the way of one that does.
    var readOptions: CallOptions {
        var options = options
        options.metadata[Metadata.idempotencyKey] = nil
        return options
    }

    /// The id at `{name}`. What is no id names nothing: 404.
    func id(_ name: String = "id") throws -> Int64 {
        guard let text = path[name], let id = Int64(text), id > 0, id < 1 << 53, String(id) == text else {
            throw Problem.notFound()
        }
        return id
    }

    func text(_ name: String) -> String { query[name]?.first ?? "" }
    func integer(_ name: String) -> Int64? { query[name]?.first.flatMap { Int64($0) } }
    func instant(_ name: String) -> Int64 { query[name]?.first.flatMap { Instant($0) }?.milliseconds ?? 0 }
    var limit: Int32 { Int32(integer("limit") ?? 0) }
    var cursor: String { text("cursor") }
}
