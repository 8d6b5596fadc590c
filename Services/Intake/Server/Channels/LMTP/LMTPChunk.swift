/// The chunks of a mail that comes by BDAT (RFC 3030): counted bytes, in which nothing has a meaning.
struct LMTPChunk: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var isOverLimit = false
    /// Of the chunk that is being read.
    private(set) var size = 0
    private(set) var isLast = false
    private var remaining = 0

    /// A further chunk has been announced.
    mutating func begin(size: Int, isLast: Bool) {
        self.size = size
        self.isLast = isLast
        remaining = size
    }

    /// Takes bytes up to the end of the chunk. True when it is whole; `position` then stands behind it.
    mutating func take(_ input: [UInt8], from position: inout Int, limits: LMTPLimits) -> Bool {
        let end = position + min(remaining, input.count - position)
        if isOverLimit || bytes.count + end - position > limits.maxMessageBytes {
            isOverLimit = true
            bytes = []
        } else {
            bytes.append(contentsOf: input[position..<end])
        }
        remaining -= end - position
        position = end
        return remaining == 0
    }
}
