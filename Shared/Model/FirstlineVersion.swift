/// Which Firstline this is.
public enum FirstlineVersion {
    /// As `--version` and the health service tell it (Semantic Versioning 2.0.0).
    public static let current = "0.1.0"
}
