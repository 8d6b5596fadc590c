/// What is fuzzed. Each target takes any bytes and stops the process when what must always hold does not.
enum FuzzTarget: String, CaseIterable {
    /// The frame reader: one stream of bytes, however it is cut, gives the same frames.
    case frames
    /// Decoding of every message, and encoding of what was decoded.
    case messages
    /// The server's side of a connection, with handlers that end, deadlines and drains in between.
    case server
    /// The client's side of a connection, with calls that begin and end in between.
    case client
    /// The first frame of either side, and the heads of those after it.
    case hello
    /// An LMTP conversation, however it is cut.
    case lmtp
    /// A mail: its header, its parts and what is shown of them.
    case mail
    /// A mail's text without what it quotes.
    case newText = "new-text"
    /// A mail's HTML.
    case sanitizer

    func run(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .frames: fuzzFrames(bytes)
        case .messages: fuzzMessages(bytes)
        case .server: fuzzServer(bytes)
        case .client: fuzzClient(bytes)
        case .hello: fuzzHello(bytes)
        case .lmtp: fuzzLMTP(bytes)
        case .mail: fuzzMail(bytes)
        case .newText: fuzzNewText(bytes)
        case .sanitizer: fuzzSanitizer(bytes)
        }
    }
}
