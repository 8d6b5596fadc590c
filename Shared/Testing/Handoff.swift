/// Passes messages from one task to another, one at a time: the sender goes on when the reader comes for the next.
actor Handoff {
    private var message: [UInt8]?
    private var isEnded = false
    private var isClosed = false
    private var reader: CheckedContinuation<[UInt8]?, Never>?
    private var sender: CheckedContinuation<Void, Never>?

    /// Throws when the reader is gone.
    func send(_ bytes: [UInt8]) async throws {
        if isClosed { throw CancellationError() }
        if let reader {
            self.reader = nil
            reader.resume(returning: bytes)
        } else {
            message = bytes
        }
        await withCheckedContinuation { sender = $0 }
        if isClosed { throw CancellationError() }
    }

    /// The next message; nil for the end.
    func next() async -> [UInt8]? {
        releaseSender()
        if let message {
            self.message = nil
            return message
        }
        if isEnded { return nil }
        return await withCheckedContinuation { reader = $0 }
    }

    /// The sender sends no more.
    func end() {
        isEnded = true
        reader?.resume(returning: nil)
        reader = nil
    }

    /// The reader reads no more.
    func close() {
        isClosed = true
        releaseSender()
    }

    private func releaseSender() {
        sender?.resume()
        sender = nil
    }
}
