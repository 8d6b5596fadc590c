import Model
import NIOCore
import Wire

/// A method that is served, its message types erased.
final class ServerMethod: Sendable {
    /// Decodes the request and runs the handler as the call's task; on the event loop. The bytes live as long as the call of `start` itself.
    typealias Start = @Sendable (UnsafeRawBufferPointer, CallContext, ServerCall) -> Void

    /// Full name, as "firstline.v1.Intake/CreateTicket".
    let name: String
    let start: Start

    init(name: String, start: @escaping Start) {
        self.name = name
        self.start = start
    }
}
