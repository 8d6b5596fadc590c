/// What is done on the server with mails that are stored here, command by command.
struct IMAPSettling: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case flagSeen
        case move
        /// MOVE of a server that has none (RFC 6851, section 3.3).
        case copy
        case createFolder
        case flagDeleted
        case expunge
    }

    var uids: [UInt32]
    var step: Step
    /// The folder was made already.
    var hasCreated = false
}
