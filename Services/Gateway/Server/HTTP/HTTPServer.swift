import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import ServiceKit

/// The gateway's face on Hummingbird: reads requests into `HTTPCall`, writes `Answer`s, and nothing else.
struct HTTPServer: HTTPResponder {
    typealias Context = BasicRequestContext

    let dispatcher: Dispatcher
    let console: Console
    let openAPI: [UInt8]
    let metrics: HTTPMetrics
    let logger: Logger

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let call = HTTPCall(request)
        let answer = await answer(call) { limit in try await Self.bytes(of: request.body, limit) }
        return Self.response(answer, to: request)
    }

    /// Answers within the trace that the request names, or a new one; the answer names it.
    /// - Parameter call: nil for a request that could not be read.
    func answer(_ call: HTTPCall?, read: @Sendable (Int) async throws -> [UInt8]) async -> Answer {
        await TraceContext.beginning(continuing: call?.headers[.traceParent]) { trace in
            let started = ContinuousClock.now
            let answer = await untracedAnswer(call, read: read)
            let took = ContinuousClock.now - started
            if let call {
                metrics.count(call.method, answer.status, took: took)
                log(call, answer, took: took)
            }
            return answer.with(.traceParent, trace.description)
        }
    }

    /// One line for each request: what changes something is worth a note, what only reads is not.
    private func log(_ call: HTTPCall, _ answer: Answer, took: Duration) {
        logger.log(
            level: call.method == .get || call.method == .head ? .debug : .info, "request answered",
            metadata: [
                "http.method": "\(call.method.rawValue)", "http.route": "\(route(call))",
                "http.status": "\(answer.status.code)", "duration.ms": "\(took / .milliseconds(1))",
            ])
    }

    /// The pattern and not the path, which may hold anything: an address, a token.
    private func route(_ call: HTTPCall) -> String {
        dispatcher.pattern(of: call) ?? "/" + (Console.areas.first { $0 == call.segments.first } ?? "")
    }

    private func untracedAnswer(
        _ call: HTTPCall?, read: @Sendable (Int) async throws -> [UInt8]
    ) async -> Answer {
        guard let call else {
            return Problem(.badRequest, "malformed_request", "The path is not percent-encoded UTF-8.").answer
        }
        guard call.segments.first == Dispatcher.prefix else { return await console.answer(call, read: read) }
        if call.segments == ["api", "v1", "openapi.json"] {
            return Self.onlyGet(call)
                ?? Answer(status: .ok, headers: [.contentType: "application/json"], body: .bytes(openAPI))
        }
        if call.segments == ["api", "docs"] { return Self.onlyGet(call) ?? console.docs(call) }
        guard call.segments.dropFirst().first == Dispatcher.version else { return Problem.notFound().answer }
        return await dispatcher.answer(call, read: read)
    }

    private static func onlyGet(_ call: HTTPCall) -> Answer? {
        guard call.method != .get, call.method != .head else { return nil }
        return Problem(.methodNotAllowed, "method_not_allowed", "Allowed here: GET.", headers: [.allow: "GET"]).answer
    }

    /// The whole body, refused with 413 as soon as it is more than `limit` bytes.
    private static func bytes(of body: RequestBody, _ limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await var buffer in body {
            guard bytes.count + buffer.readableBytes <= limit else {
                throw Problem(
                    .contentTooLarge, "too_large", "The body may have at most \(limit) bytes.",
                    headers: [.connection: "close"])
            }
            bytes += buffer.readBytes(length: buffer.readableBytes) ?? []
        }
        return bytes
    }

    private static func response(_ answer: Answer, to request: Request) -> Response {
        var headers = answer.headers
        headers[.noSniff] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        if headers[.securityPolicy] == nil { headers[.securityPolicy] = "default-src 'none'; frame-ancestors 'none'" }
        if request.method == .head { return Response(status: answer.status, headers: headers) }
        switch answer.body {
        case .bytes(let bytes):
            let body = bytes.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            return Response(status: answer.status, headers: headers, body: body)
        case .stream(let length, let write):
            let body = ResponseBody(contentLength: length) { writer in
                let stream = StreamWriter(writer)
                try await write(stream)
                try await stream.finish()
            }
            return Response(status: answer.status, headers: headers, body: body)
        }
    }
}

extension HTTPCall {
    /// Nil when the path or the query is not percent-encoded UTF-8.
    init?(_ request: Request) {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for segment in parts[0].split(separator: "/") {
            guard let text = PercentEncoding.decode(segment) else { return nil }
            segments.append(text)
        }
        var query: [(name: String, value: String)] = []
        if parts.count == 2 {
            guard let pairs = PercentEncoding.pairs(parts[1]) else { return nil }
            query = pairs
        }
        self.init(
            method: request.method, segments: segments, path: String(parts[0]), query: query, headers: request.headers,
            body: [])
    }
}
