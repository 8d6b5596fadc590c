/// Identifiers of mails and of their parts, as they may stand in a header of ours between angle brackets.
enum HeaderIdentifier {
    /// A line has at most 998 characters (RFC 5322, section 2.1.1), and within an identifier no line ends.
    static let longest = 900

    /// Whether it is all visible ASCII, as section 3.6.4 wants it. Not every program that writes to us heeds that, and a mail that has anything
    /// else in its header is refused by some servers.
    static func isWritable(_ id: some StringProtocol) -> Bool {
        (1...longest).contains(id.utf8.count)
            && id.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }
}
