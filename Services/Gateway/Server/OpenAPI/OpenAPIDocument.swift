import HTTPTypes
import Model

/// The API's description (OpenAPI 3.1), made from the routes and shapes that serve it.
struct OpenAPIDocument: Sendable {
    let routes: [Route]

    var json: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Firstline", "version": "1.0.0",
                "description":
                    "The help desk's HTTP API. Instants are RFC 3339 in UTC; ids are integers; errors are RFC 9457.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/api/v1"]],
            "security": [["token": []]],
            "tags": .array(tags),
            "paths": .object(paths),
            "components": .object(components),
        ]
    }

    private var tags: [JSONValue] {
        var names: [String] = []
        for route in routes where !names.contains(route.tag) { names.append(route.tag) }
        return names.map { ["name": .string($0)] }
    }

    private var paths: [JSONMember] {
        var patterns: [String] = []
        for route in routes where !patterns.contains(route.pattern) { patterns.append(route.pattern) }
        return patterns.map { pattern in
            let operations = routes.filter { $0.pattern == pattern }.map {
                JSONMember(name: $0.method.rawValue.lowercased(), value: operation($0))
            }
            return JSONMember(name: pattern, value: .object(operations))
        }
    }

    private var components: [JSONMember] {
        let schemas =
            Schemas.requests.sorted { $0.key < $1.key }.map {
                JSONMember(name: $0.key, value: $0.value.schema(isClosed: true))
            }
            + Schemas.answers.sorted { $0.key < $1.key }.map {
                JSONMember(name: $0.key, value: $0.value.schema(isClosed: false))
            }
        let token: JSONValue = ["type": "http", "scheme": "bearer", "description": "A token, as `flt_…`."]
        let problem: JSONValue = [
            "description": "A refusal.",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
        return [
            JSONMember(name: "schemas", value: .object(schemas.sorted { $0.name < $1.name })),
            JSONMember(name: "responses", value: ["Problem": problem]),
            JSONMember(name: "securitySchemes", value: ["token": token]),
        ]
    }

    private func operation(_ route: Route) -> JSONValue {
        var json: JSONValue = [
            "operationId": .string(route.operation), "tags": [.string(route.tag)], "summary": .string(route.summary),
        ]
        let parameters = parameters(of: route)
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        switch route.body {
        case .none: break
        case .json(let name):
            json["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": ["$ref": .string("#/components/schemas/\(name)")]]],
            ]
        case .raw(let types):
            let content = (types.isEmpty ? ["application/octet-stream"] : types).map { type in
                JSONMember(name: type, value: ["schema": .object([])])
            }
            json["requestBody"] = ["required": true, "content": .object(content)]
        }
        json["responses"] = responses(of: route)
        return json
    }
}

// MARK: Parameters

extension OpenAPIDocument {
    private func parameters(of route: Route) -> [JSONValue] {
        var parameters: [JSONValue] = route.segments.filter { $0.hasPrefix("{") }.map { segment in
            [
                "name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": Shape.id.schema(isClosed: true),
            ]
        }
        parameters += route.parameters.map { query($0) }
        if route.takesIdempotencyKey {
            parameters.append(
                header(
                    "Idempotency-Key", "The same key and body returns the first answer.", isRequired: false,
                    ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"]))
        }
        if route.matches != .ignored {
            parameters.append(
                header(
                    "If-Match", "The ETag of the version that you saw, as `\"7\"`.",
                    isRequired: route.matches == .wanted,
                    ["type": "string"]))
        }
        if case .eventStream = route.content {
            parameters.append(
                header(
                    "Last-Event-ID", "Go on after this event.", isRequired: false,
                    ["type": "string", "pattern": "^[0-9]{1,15}$"]))
        }
        return parameters
    }

    private func query(_ parameter: Parameter) -> JSONValue {
        var json: JSONValue = ["name": .string(parameter.name), "in": "query", "required": false]
        if !parameter.description.isEmpty { json["description"] = .string(parameter.description) }
        let schema = parameter.shape.schema(isClosed: true)
        if parameter.isList {
            json["style"] = "form"
            json["explode"] = false
            json["schema"] = ["type": "array", "items": schema]
        } else {
            json["schema"] = schema
        }
        return json
    }

    private func header(_ name: String, _ description: String, isRequired: Bool, _ schema: JSONValue) -> JSONValue {
        [
            "name": .string(name), "in": "header", "required": .bool(isRequired), "description": .string(description),
            "schema": schema,
        ]
    }
}

// MARK: Answers

extension OpenAPIDocument {
    private func responses(of route: Route) -> JSONValue {
        var success: JSONValue = ["description": .string(route.status.reasonPhrase)]
        if let content = content(of: route) { success["content"] = content }
        let headers = headers(of: route)
        if !headers.isEmpty { success["headers"] = .object(headers) }
        var members = [JSONMember(name: String(route.status.code), value: success)]
        let problem: JSONValue = ["$ref": "#/components/responses/Problem"]
        for code in Self.refusals(of: route) { members.append(JSONMember(name: String(code), value: problem)) }
        members.append(JSONMember(name: "default", value: problem))
        return .object(members)
    }

    private static func refusals(of route: Route) -> [Int] {
        var codes: Set<Int> = Set(route.refusals.map(\.code))
        if !route.isOpen { codes.formUnion([401, 403, 422, 429, 503]) }
        if route.matches == .wanted { codes.formUnion([409, 412, 428]) }
        switch route.body {
        case .none: break
        case .json: codes.formUnion([400, 409, 413, 415])
        case .raw: codes.formUnion([409, 413, 415])
        }
        return codes.sorted()
    }

    private func content(of route: Route) -> JSONValue? {
        switch route.content {
        case .none, .problem: nil
        case .json(let shape): ["application/json": ["schema": shape.schema(isClosed: false)]]
        case .eventStream: ["text/event-stream": ["schema": ["type": "string"]]]
        case .bytes: ["*/*": ["schema": .object([])]]
        }
    }

    private func headers(of route: Route) -> [JSONMember] {
        guard case .json(.named("Ticket")) = route.content else { return [] }
        let tag: JSONValue = ["description": "The version, as `\"7\"`.", "schema": ["type": "string"]]
        let stale: JSONValue = [
            "description": "Names what is missing because its owner is away, as `sla`.", "schema": ["type": "string"],
        ]
        return [JSONMember(name: "ETag", value: tag), JSONMember(name: "Firstline-Stale", value: stale)]
    }
}
