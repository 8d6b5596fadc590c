/// What a server says (RFC 3501, section 7), as far as fetching mail needs it.
enum IMAPResponse: Sendable, Hashable {
    /// The end of a command.
    case done(tag: String, IMAPStatus)
    /// A status that belongs to no command: greeting, warning.
    case status(IMAPStatus)
    /// The server ends the connection.
    case bye(String)
    case capability(Set<String>)
    /// How many mails the folder holds now.
    case exists(UInt32)
    /// One mail less.
    case expunge
    case fetch(IMAPFetched)
    /// The server waits for more of a command.
    case goAhead
    case other
}

struct IMAPStatus: Sendable, Hashable {
    enum Outcome: Sendable { case ok, no, bad }
    var outcome: Outcome
    /// The name of the response code, upper case; empty for none.
    var code = ""
    /// What follows the code's name.
    var argument = ""
    var text = ""
}

/// What one FETCH answer holds of a mail.
struct IMAPFetched: Sendable, Hashable {
    enum Body: Sendable, Hashable {
        case absent
        /// The server has the mail and cannot tell it.
        case null
        case bytes([UInt8])
    }
    /// 0 where the answer names none.
    var uid: UInt32 = 0
    /// RFC822.SIZE; nil where the answer names none.
    var sizeBytes: Int64?
    var body = Body.absent
}
