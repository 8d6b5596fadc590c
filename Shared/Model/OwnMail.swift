/// How the desk knows its own mail when it comes back.
public enum OwnMail {
    /// Stands in every mail that the desk sends; mail that carries it is never answered.
    public static let header = "X-Firstline-Mail"
    /// Names the trace on which the mail was made, as W3C's `traceparent`: whoever asks about a mail finds its whole way by it.
    public static let traceHeader = "Traceparent"
}
