import GRDBSQLite

extension ReadLimit {
    /// Steps of SQLite's machine between two looks at the clock: well under a millisecond.
    private static let stepsPerCheck: Int32 = 10_000

    /// Has SQLite ask while statements run on `handle`, which must not outlive this.
    func watch(_ handle: OpaquePointer) {
        sqlite3_progress_handler(
            handle, Self.stepsPerCheck,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ReadLimit>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
