import Wire

/// The responses of one server-streaming call; sends within the credit that the caller gave.
struct ServerResponseStream<Response: WireMessage>: ResponseStream {
    let call: ServerCall

    func send(_ response: Response) async throws {
        try await call.send(response)
    }
}
