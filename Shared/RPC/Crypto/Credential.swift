/// A certificate and its private key, PEM.
public struct Credential: Sendable, Hashable {
    public var certificatePEM: String
    public var keyPEM: String

    public init(certificatePEM: String, keyPEM: String) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    /// Writes `NAME.crt` and `NAME.key` (mode 0600) into `folder`, which must be there. A file that is there is replaced.
    /// - Returns: the paths of both.
    @discardableResult
    public func write(name: String, to folder: String) throws -> (certificatePath: String, keyPath: String) {
        let certificatePath = folder + "/" + name + ".crt"
        let keyPath = folder + "/" + name + ".key"
        try PEMFile.write(keyPEM, to: keyPath, mode: 0o600)
        try PEMFile.write(certificatePEM, to: certificatePath, mode: 0o644)
        return (certificatePath, keyPath)
    }
}
