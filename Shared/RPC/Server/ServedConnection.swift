import NIOCore

/// A connection of a server, whatever protocol it speaks. Both methods are called on its event loop.
protocol ServedConnection: AnyObject, Sendable {
    var eventLoop: any EventLoop { get }
    /// Refuses new calls and closes once those in flight are over.
    func drain()
    /// Ends the connection with all its calls.
    func abort()
}
