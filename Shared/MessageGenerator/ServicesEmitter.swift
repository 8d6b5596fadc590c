/// Emits the clients and handler protocols of one file's services.
struct ServicesEmitter {
    let file: ProtoFile

    func source() -> String {
        var out = SourceText(origin: "proto/\(file.path)")
        out.line("public import Model")
        for service in file.services {
            out.line()
            emitHandler(service, &out)
            out.line()
            emitRegistration(service, &out)
            out.line()
            emitClient(service, &out)
        }
        return out.text
    }

    private func emitHandler(_ service: ProtoService, _ out: inout SourceText) {
        out.comment(service.comment)
        out.block("public protocol \(service.name)Handler: ServiceHandler {") { out in
            for method in service.methods {
                out.comment(method.comment)
                let stream = method.isStreaming ? ", _ responses: ResponseStream<\(method.response)>" : ""
                out.line("func \(Naming.function(method.name))(")
                out.line("    _ request: \(method.request), _ context: CallContext\(stream)")
                out.line(") async throws\(method.isStreaming ? "" : " -> \(method.response)")")
            }
        }
    }

    private func emitRegistration(_ service: ProtoService, _ out: inout SourceText) {
        out.block("extension \(service.name)Handler {") { out in
            out.block("public func register(in table: inout some MethodTable) {") { out in
                for method in service.methods {
                    let function = Naming.function(method.name)
                    let name = "\"\(service.fullName)/\(method.name)\""
                    let stream = method.isStreaming ? ", responses: ResponseStream<\(method.response)>" : ""
                    let result = method.isStreaming ? "" : " -> \(method.response)"
                    let responses = method.isStreaming ? ", responses" : ""
                    let kind = method.isStreaming ? "serverStreaming" : "unary"
                    out.block("table.enter(.\(kind)(\(name)) {", closing: "})") { out in
                        out.line("(request: \(method.request), context: CallContext\(stream)) async throws\(result) in")
                        out.line("try await self.\(function)(request, context\(responses))")
                    }
                }
            }
        }
    }

    private func emitClient(_ service: ProtoService, _ out: inout SourceText) {
        out.line("/// Calls `\(service.fullName)`.")
        out.block("public struct \(service.name)Client: Sendable {") { out in
            out.line("private let channel: any CallChannel")
            out.line()
            out.line("public init(_ channel: any CallChannel) { self.channel = channel }")
            for method in service.methods {
                out.line()
                out.comment(method.comment)
                let name = "\"\(service.fullName)/\(method.name)\""
                out.line("public func \(Naming.function(method.name))(")
                let comma = method.isStreaming ? "," : ""
                out.line("    _ request: \(method.request), _ options: CallOptions = CallOptions()\(comma)")
                if method.isStreaming {
                    out.line("    _ receive: @Sendable (\(method.response)) async throws -> Void")
                    out.block(") async throws {") { out in
                        out.line("try await TypedCall.serverStreaming(channel, \(name), request, options, receive)")
                    }
                } else {
                    out.block(") async throws -> \(method.response) {") { out in
                        out.line("try await TypedCall.unary(channel, \(name), request, options)")
                    }
                }
            }
        }
    }
}
