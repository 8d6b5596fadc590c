/// Cuts what comes from a server into answers. Pure: bytes in, answers out; what is not yet whole waits for more.
struct IMAPResponseReader {
    private var buffer: [UInt8] = []
    /// Where the next answer begins, and how far the present line has been looked through.
    private var start = 0
    private var scanned = 0
    /// The answer so far: text and literals by turns, text first.
    private var pieces: [IMAPPiece] = []
    private var lineBytes = 0
    /// What the literals of the answer have together, the awaited one included.
    private var literalsBytes = 0
    /// How many bytes of a literal are awaited.
    private var literalBytes: Int?

    mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start >= buffer.count / 2 {
            buffer.removeFirst(start)
            scanned -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole answer; nil until more has come.
    mutating func next() throws(IMAPFault) -> IMAPResponse? {
        while true {
            if let length = literalBytes {
                guard buffer.count - start >= length else { return nil }
                pieces.append(.literal(Array(buffer[start..<(start + length)])))
                advance(to: start + length)
                literalBytes = nil
            }
            guard let line = try nextLine() else { return nil }
            pieces.append(.text(line.text))
            if let length = line.literalBytes {
                literalsBytes += length
                guard literalsBytes <= IMAPLimits.literalBytes, pieces.count < 2 * IMAPLimits.literals else {
                    throw IMAPFault(.protocolError, "the server announced more than a mail may have")
                }
                literalBytes = length
                continue
            }
            defer {
                pieces = []
                lineBytes = 0
                literalsBytes = 0
            }
            return try IMAPGrammar.response(pieces)
        }
    }

    /// The line up to its CR LF, without the announcement of a literal at its end.
    private mutating func nextLine() throws(IMAPFault) -> (text: [UInt8], literalBytes: Int?)? {
        let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n"))
        guard lineBytes + (end ?? buffer.count) - start <= IMAPLimits.lineBytes else {
            throw IMAPFault(.protocolError, "the server sent a line of more than \(IMAPLimits.lineBytes) bytes")
        }
        guard let end else {
            scanned = buffer.count
            return nil
        }
        var line = buffer[start..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        advance(to: end + 1)
        lineBytes += line.count
        guard line.last == UInt8(ascii: "}"), let brace = line.lastIndex(of: UInt8(ascii: "{")) else {
            return (Array(line), nil)
        }
        let digits = line[(brace + 1)..<(line.endIndex - 1)]
        guard !digits.isEmpty, digits.count <= 10, let length = Int(String(decoding: digits, as: UTF8.self)),
            length >= 0
        else { return (Array(line), nil) }
        return (Array(line[..<brace]), length)
    }

    private mutating func advance(to index: Int) {
        start = index
        scanned = index
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= IMAPLimits.lineBytes)
            start = 0
            scanned = 0
        }
    }
}

/// A stretch of an answer.
enum IMAPPiece: Sendable, Hashable {
    case text([UInt8])
    case literal([UInt8])
}
