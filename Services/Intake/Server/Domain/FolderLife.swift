import Model

/// In which UIDs of a folder keep their meaning: one account and folder of a mailbox, under one UIDVALIDITY (RFC 3501, section 2.3.1.1).
struct FolderLife: Sendable, Hashable {
    var mailboxID: Int64
    /// Counts the accounts and folders that the mailbox has had.
    var epoch: Int64
    var uidValidity: UInt32
}

/// One mail of a folder, as the store keys it.
struct FetchedMail: Sendable, Hashable {
    var life: FolderLife
    var uid: UInt32
    /// Of the mailbox's settings under which it was fetched: under others, nothing is stored.
    var revision: Int64
    /// Equal for the same mail under another UIDVALIDITY; empty where nothing was got of it.
    var contentHash = ""
    /// Something is to be done with it on its server.
    var isDue: Bool
}

/// A mailbox whose mail is fetched.
struct FetchedMailbox: Sendable, Hashable {
    var id: Int64
    var address: String
    var source: IMAPSource
    /// Raised by each change of the settings.
    var revision: Int64
    var epoch: Int64
}

/// The mailbox's settings have changed since this work began: it counts for nothing.
struct SupersededSettings: Error {}
