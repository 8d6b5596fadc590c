/// Files of one side's certificate, its key, and the certificates of the authority that signs both sides', all PEM. They may change while
/// they are in use: connections that begin later take the new ones.
public struct TLSConfiguration: Sendable, Hashable {
    public var certificatePath: String
    public var keyPath: String
    /// May hold several authorities, so that an old and a new one overlap.
    public var caPath: String
    /// The least time between two looks at the files for changes.
    public var lookInterval = TLSConfiguration.defaultLookInterval

    public static let defaultLookInterval: Duration = .seconds(1)

    public init(certificatePath: String, keyPath: String, caPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.caPath = caPath
    }
}
