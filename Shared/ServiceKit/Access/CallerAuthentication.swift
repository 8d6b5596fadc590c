package import Model
package import RPC
package import Wire

/// Turns a connection's certificate and a call's metadata into a caller.
package struct CallerAuthentication: Sendable {
    /// Nil: principals are refused, for there is no key to check them by.
    let verifier: PrincipalVerifier?
    /// Whether a peer without TLS counts as what it says it is. For loopback alone.
    let trustsLoopback: Bool
    private let leaderTerms = LeaderTerms()

    package init(verifier: PrincipalVerifier?, trustsLoopback: Bool) {
        self.verifier = verifier
        self.trustsLoopback = trustsLoopback
    }

    package func caller(_ peer: PeerIdentity, _ metadata: Metadata) throws -> Caller {
        let name = try certificateName(peer, metadata)
        try leaderTerms.check(metadata, of: name)
        guard let text = metadata[Metadata.principalKey] else { return AccessPolicy.account(ofCertificate: name) }
        guard AccessPolicy.mayCarryPrincipal(name) else {
            throw RPCError.forbidden("\(name) may not speak for others")
        }
        guard let verifier else {
            throw RPCError(
                .unauthenticated, "this service has no key to check principals by",
                detail: ErrorDetail(code: "invalid_principal"))
        }
        let principal = try verifier.verify(text)
        return Caller(
            role: principal.role, userID: principal.userID, requesterID: principal.requesterID, scopes: principal.scopes
        )
    }

    private func certificateName(_ peer: PeerIdentity, _ metadata: Metadata) throws -> String {
        if peer.isAuthenticated, let name = peer.serviceName { return name }
        guard trustsLoopback else {
            throw RPCError(
                .unauthenticated, "the peer's certificate names no service",
                detail: ErrorDetail(code: "unauthenticated"))
        }
        return metadata[Metadata.serviceKey] ?? AccessPolicy.operatorName
    }
}

extension Metadata {
    /// Without TLS: as which service the peer calls.
    static let serviceKey = "service"
}
