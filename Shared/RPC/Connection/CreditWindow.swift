/// How many bytes one side of a stream may send, or how many the other has consumed and not yet granted again.
struct CreditWindow: Hashable, Sendable {
    /// May be negative: a message goes out while anything is left, whatever its size, so that no message waits for ever.
    private(set) var available: Int

    init(_ initial: Int) {
        available = initial
    }

    /// Takes `bytes` when anything is left. False: wait for a grant.
    mutating func take(_ bytes: Int) -> Bool {
        guard available > 0 else { return false }
        available -= bytes
        return true
    }

    /// More may be sent. True when a waiting sender may go on.
    mutating func grant(_ bytes: Int) -> Bool {
        available = min(available + bytes, Int(Int32.max))
        return available > 0
    }
}

/// What a reader has consumed of a stream, and when it is worth a frame to grant it again.
struct ConsumedCredit: Hashable, Sendable {
    private var consumed = 0
    private let threshold: Int

    /// - Parameter window: what the sender got at first; half of it consumed is worth a grant.
    init(window: Int) {
        threshold = max(1, window / 2)
    }

    /// Counts a message as consumed; the bytes to grant now, if any.
    mutating func consume(_ bytes: Int) -> Int? {
        consumed += bytes
        guard consumed >= threshold else { return nil }
        defer { consumed = 0 }
        return consumed
    }
}
