import CWire

/// One use of this thread's arena: the memory of a message's C form. Uses nest; each is left on the thread that entered it.
struct Arena {
    private let arena: OpaquePointer
    private let mark: firstline_arena_mark
    private let ceilingBytes: Int

    /// - Parameter ceilingBytes: what this use may take.
    init(ceilingBytes: Int) {
        guard let arena = firstline_arena_of_thread() else { fatalError("no memory for a thread's arena") }
        self.arena = arena
        self.ceilingBytes = ceilingBytes
        self.mark = firstline_arena_enter(arena, ceilingBytes)
    }

    /// Ends this use: what was taken is gone.
    func leave() { firstline_arena_leave(arena, mark) }

    var allocator: UnsafeMutablePointer<ProtobufCAllocator> { firstline_arena_allocator(arena) }

    /// What could not be decoded, in the arena's view: too large, or else malformed.
    var fault: MessageError.Fault {
        firstline_arena_is_exhausted(arena) ? .tooLarge(limit: ceilingBytes) : .malformed
    }

    /// Room for `count` values, not initialized. `count` must be positive.
    func take<Value>(_ count: Int, of type: Value.Type = Value.self) -> UnsafeMutablePointer<Value> {
        guard let raw = firstline_arena_take(arena, count * MemoryLayout<Value>.stride) else {
            fatalError("no memory to encode a message")
        }
        return raw.bindMemory(to: Value.self, capacity: count)
    }
}

extension Arena {
    /// What the C form of an encoded message may take. Small fields of many elements grow most (an empty message takes two bytes on
    /// the wire and hundreds in memory), so the multiple is generous for small messages and tight for large ones.
    static func decodingCeilingBytes(of size: Int) -> Int {
        baseCeilingBytes + min(smallMultiple * size, largeBytes + largeMultiple * size)
    }

    private static let baseCeilingBytes = 64 * 1024
    private static let smallMultiple = 256
    private static let largeBytes = 32 * 1024 * 1024
    private static let largeMultiple = 2
}
