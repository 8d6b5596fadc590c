/// By which answers a mail server says that an address does not exist, and never will as it stands: enhanced status codes of class 5
/// (RFC 3463, sections 3.2 and 3.3; RFC 7505, section 4.2).
///
/// Others that are final too tell of the mail, of its size or sender, of a full mailbox or of the way, and may be different tomorrow. A
/// refusal without such a code says too little.
enum DeadAddress {
    static let statuses: Set<String> = [
        "5.1.1",  // There is no such mailbox.
        "5.1.2",  // There is no such domain.
        "5.1.3",  // It is no address.
        "5.1.6",  // The mailbox has moved and left no new address.
        "5.1.10",  // The domain takes no mail at all.
        "5.2.1",  // The mailbox is disabled.
    ]

    /// The status that says so.
    /// - Parameter code: a status, or a reply code with one behind it: "550 5.1.1".
    static func status(in code: String) -> String? {
        guard let status = code.split(separator: " ").last.map(String.init), statuses.contains(status) else {
            return nil
        }
        return status
    }
}
