/// What filters before us write into a mail's header: SpamAssassin, Rspamd, and Exchange with its confidence level.
enum SpamMark {
    private static let flags = ["x-spam-flag", "x-spam", "x-spam-status"]
    /// From which spam confidence level Exchange treats a mail as spam.
    private static let lowestSpamLevel = 5

    static func isSet(in header: HeaderBlock) -> Bool {
        if flags.contains(where: { ["yes", "true"].contains(header.keyword($0).prefix(while: \.isLetter)) }) {
            return true
        }
        return Int(header.keyword("x-ms-exchange-organization-scl")).map { $0 >= lowestSpamLevel } ?? false
    }
}
