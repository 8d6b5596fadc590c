import HTTPTypes
import Model
import Testing

@testable import GatewayServer

struct OpenAPITests {
    private func document(_ body: @escaping @Sendable (JSONValue, [Route]) throws -> Void) async throws {
        try await GatewayFixture.with { desk in
            let reply = try await desk.request(.get, "/api/v1/openapi.json")
            #expect(reply.status == 200)
            try body(reply.json, desk.parts.desk.routes)
        }
    }

    private static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(references)
        case .object(let members):
            members.flatMap { $0.name == "$ref" ? [$0.value.textOrNone] : references($0.value) }
        default: []
        }
    }

    @Test("Every reference leads to something")
    func referencesResolve() async throws {
        try await document { document, _ in
            for reference in Set(Self.references(document)) {
                let path = reference.split(separator: "/").dropFirst().map(String.init)
                let target = path.reduce(Optional(document)) { value, name in value?[name] }
                #expect(target != nil, "\(reference)")
            }
        }
    }

    @Test("Every route is described, once, with its path's parameters and its answer")
    func routesAreDescribed() async throws {
        try await document { document, routes in
            #expect(Set(routes.map(\.operation)).count == routes.count)
            for route in routes {
                let operation = document["paths"]?[route.pattern]?[route.method.rawValue.lowercased()]
                #expect(operation?.text("operationId") == route.operation)
                #expect(operation?["responses"]?[String(route.status.code)] != nil)
                let names = (operation?["parameters"]?.elements ?? []).filter { $0.text("in") == "path" }.map {
                    $0.text("name")
                }
                let wanted = route.segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
                #expect(names == wanted)
            }
        }
    }

    @Test("Requests are closed: unknown fields are refused as the document says")
    func requestsAreClosed() async throws {
        try await document { document, _ in
            for (name, shape) in Schemas.requests {
                guard case .object = shape else { continue }
                #expect(document["components"]?["schemas"]?[name]?["additionalProperties"]?.bool == false)
            }
        }
    }

    @Test("The reference's page loads nothing from elsewhere")
    func docsPage() async throws {
        try await GatewayFixture.with { desk in
            let page = try await desk.request(.get, "/api/docs")
            #expect(page.status == 200)
            #expect(!page.text.contains("//cdn") && !page.text.contains("https://"))
            #expect(page.headers[.securityPolicy]?.contains("script-src 'self'") == true)
        }
    }
}
