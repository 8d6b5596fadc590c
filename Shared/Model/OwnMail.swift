/// How the desk knows its own mail when it comes back.
public enum OwnMail {
    /// Stands in every mail that the desk sends; mail that carries it is never answered.
    public static let header = "X-Firstline-Mail"
}
