/// Which images the HTML of a mail keeps.
public enum MailImages: Sendable {
    /// Those that came inside it.
    case inline
    /// Those as well that whoever opens the mail fetches from elsewhere, and so tells that they do.
    case all
}
