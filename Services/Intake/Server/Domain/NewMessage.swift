import Model

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
    /// Unbound attachments of the caller that are bound to it.
    var attachmentIDs: [Int64] = []
    /// Files that came inside the mail, already in the blob store.
    var files: [NewFile] = []
    var source: MailSource?
    /// What the search index takes of it: folded and stemmed outside the transaction.
    var searchText = ""
}

/// A file whose content is in the blob store.
struct NewFile: Sendable, Hashable {
    var filename: String
    var contentType: String
    var sizeBytes: Int64
    var isInline: Bool
    var contentID: String
    var blobHash: String
}

/// The raw mail that a message came as.
struct MailSource: Sendable, Hashable {
    var blobHash: String
    var sizeBytes: Int64
    /// Message-ID, without angle brackets; empty for none.
    var mailID: String
    /// In-Reply-To, without angle brackets; empty for none.
    var inReplyTo: String
}
