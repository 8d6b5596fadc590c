import HTTPTypes
import Model

/// A refusal as the caller reads it: problem details (RFC 9457) with a stable code.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    var code: String
    var detail: String
    var violations: [Violation] = []
    /// Members beside the standard ones, as `current`.
    var extra: [JSONMember] = []
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, violations: [Violation] = [],
        extra: [JSONMember] = [], headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.violations = violations
        self.extra = extra
        self.headers = headers
    }

    static func invalid(_ violations: [Violation]) -> Problem {
        let detail = violations.map { "\($0.field) \($0.message)" }.joined(separator: "; ")
        return Problem(.unprocessableContent, "invalid_field", detail, violations: violations)
    }

    static func invalid(_ field: String, _ message: String) -> Problem {
        invalid([Violation(field: field, message: message)])
    }

    static func notFound() -> Problem { Problem(.notFound, "not_found", "There is nothing here that you may know of.") }

    static func unauthenticated(_ detail: String) -> Problem {
        Problem(.unauthorized, "unauthenticated", detail, headers: [.wwwAuthenticate: "Bearer realm=\"firstline\""])
    }

    static func forbidden(_ detail: String) -> Problem { Problem(.forbidden, "forbidden", detail) }

    var json: JSONValue {
        var members: [JSONMember] = [
            JSONMember(name: "type", value: "about:blank"),
            JSONMember(name: "title", value: .string(status.reasonPhrase)),
            JSONMember(name: "status", value: .integer(Int64(status.code))),
            JSONMember(name: "code", value: .string(code)),
        ]
        if !detail.isEmpty { members.append(JSONMember(name: "detail", value: .string(detail))) }
        if !violations.isEmpty {
            let list = violations.map { violation -> JSONValue in
                ["field": .string(violation.field), "message": .string(violation.message)]
            }
            members.append(JSONMember(name: "violations", value: .array(list)))
        }
        return .object(members + extra)
    }

    var answer: Answer {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Answer(status: status, headers: headers, body: .bytes(JSONWriter.bytes(of: json)))
    }
}
