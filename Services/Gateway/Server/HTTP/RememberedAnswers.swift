import HTTPTypes
import Model
import Store

/// Gives a repeated POST its first answer. The owner of the facts keeps the effect from happening twice; this keeps the answer the same.
struct RememberedAnswers: Sendable {
    let store: Store

    static let conflict = Problem(
        .unprocessableContent, "idempotency_key_reused", "The Idempotency-Key came before with another request.")

    func answer(_ call: APICall, route: Route, key: String) async throws -> Answer {
        let (caller, method) = (call.caller.identity, "POST \(call.http.path)")
        let hash = Self.hash(call.http)
        let kept = try await store.write("look-up-answer") { transaction in
            try transaction.remembered(caller: caller, method: method, key: key, requestHash: hash)
        }
        if let kept, let answer = Self.answer(kept) { return answer }
        let answer = try await route.handle(call)
        guard answer.status.kind == .successful, let record = Self.record(of: answer) else { return answer }
        let first = try await store.write("keep-answer") { transaction -> [UInt8] in
            // Someone with the same key may have been quicker.
            if let kept = try transaction.remembered(caller: caller, method: method, key: key, requestHash: hash) {
                return kept
            }
            try transaction.remember(caller: caller, method: method, key: key, requestHash: hash, response: record)
            return record
        }
        return Self.answer(first) ?? answer
    }

    /// Of the body and what else says what is wanted.
    private static func hash(_ http: HTTPCall) -> [UInt8] {
        let query = http.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return Secret.hash(Secret.hash(http.body) + Array("\(http.mediaType ?? "")?\(query)".utf8))
    }

    /// Status, headers and body as one JSON text.
    private static func record(of answer: Answer) -> [UInt8]? {
        guard let bytes = answer.bytes, let body = String(validating: bytes, as: UTF8.self) else { return nil }
        let headers = answer.headers.map { JSONMember(name: $0.name.rawName, value: .string($0.value)) }
        let record: JSONValue = [
            "status": .integer(Int64(answer.status.code)), "headers": .object(headers), "body": .string(body),
        ]
        return JSONWriter.bytes(of: record)
    }

    private static func answer(_ record: [UInt8]) -> Answer? {
        guard let json = try? JSONParser.value(of: record), let status = json["status"]?.integer else { return nil }
        var headers: HTTPFields = [:]
        for header in json["headers"]?.members ?? [] {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value.textOrNone }
        }
        return Answer(
            status: HTTPResponse.Status(code: Int(status)), headers: headers,
            body: .bytes(Array(json.text("body").utf8)))
    }
}
