import Model
import Store

/// A message about to be stored.
struct NewMessage: Sendable {
    var visibility: Visibility = .public
    var channel: TicketChannel = .api
    var author = Actor()
    var text = ""
    /// `text` without quoted history and signature.
    var newText = ""
    /// Sanitized.
    var html = ""
    var isAutomatic = false
    /// What the mail came in, in the words of `MailWrapper`.
    var wrappers: [String] = []
    /// Its HTML as it came names images that lie elsewhere.
    var hasRemoteImages = false
    /// The agents whom a note names.
    var mentionedIDs: [Int64] = []
    /// Unbound attachments of the caller that are bound to it.
    var attachmentIDs: [Int64] = []
    /// Files that came inside the mail.
    var files: [NewFile] = []
    var source: MailSource?
    /// What the search index takes of it: folded and stemmed outside the transaction.
    var searchText = ""
}

/// A file about to be stored.
struct NewFile: Sendable, Hashable {
    var filename: String
    var contentType: String
    var isInline: Bool
    var contentID: String
    var blob: Blob
}

/// The raw mail that a message came as.
struct MailSource: Sendable, Hashable {
    var blob: Blob
    /// Message-ID, without angle brackets; empty for none.
    var mailID: String
    /// In-Reply-To, without angle brackets; empty for none.
    var inReplyTo: String
}
