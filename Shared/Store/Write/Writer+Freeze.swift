extension Writer {
    /// Lets the present batch finish and then rests until ``thaw()``. Returns where the journal stands.
    /// - Throws: ``StoreError/busy`` when it rests already, ``StoreError/closed``.
    func freeze() async throws(StoreError) -> JournalPosition {
        switch queue.hold() {
        case .held: break
        case .heldAlready: throw .busy
        case .closed: throw .closed
        }
        // The queue is serial: when it comes to this, no batch runs, and none begins.
        await connection.queue.finish {}
        guard !connection.isFinished, !hasStopped else {
            thaw()
            throw .closed
        }
        return head.position
    }

    /// Goes on with what has come meanwhile.
    func thaw() {
        if queue.release() { execution.start(on: connection.queue) { self.drain() } }
    }
}
