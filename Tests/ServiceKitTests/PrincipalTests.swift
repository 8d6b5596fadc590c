import FirstlineTesting
import Model
import RPC
@testable import ServiceKit
import Testing
import Wire

@Suite("Principals")
struct PrincipalTests {
    private let clock = TestClock()
    private let key = SigningKey()
    private let agent = Principal(role: .agent, userID: 7, scopes: ["read"])

    private func verifier() -> PrincipalVerifier { PrincipalVerifier(key: key.verifyingKey, clock: clock) }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? RPCError)?.detail?.code
        }
    }

    @Test("What the gateway signed is believed, for five minutes")
    func lifetime() throws {
        let text = try PrincipalSigner(key: key, clock: clock).sign(agent)
        let verifier = verifier()
        #expect(try verifier.verify(text).userID == 7)
        clock.advance(by: .seconds(299))
        #expect(try verifier.verify(text).scopes == ["read"])
        clock.advance(by: .seconds(1))
        #expect(code { _ = try verifier.verify(text) } == "expired_principal")
        #expect(code { _ = try self.verifier().verify(text) } == "expired_principal")
    }

    @Test("A principal that lives longer than the gateway grants is refused")
    func tooLong() throws {
        let future = TestClock(clock.nowMilliseconds + 600_000)
        let text = try PrincipalSigner(key: key, clock: future).sign(agent)
        #expect(code { _ = try verifier().verify(text) } == "expired_principal")
    }

    @Test("What another key signed, or what was changed, is refused")
    func forged() throws {
        let signer = PrincipalSigner(key: key, clock: clock)
        let text = try signer.sign(agent)
        let parts = text.split(separator: ".")
        let admin = try signer.sign(Principal(role: .admin, userID: 1)).split(separator: ".")
        let forgeries = [
            try PrincipalSigner(key: SigningKey(), clock: clock).sign(agent), "\(admin[0]).\(parts[1])",
            String(parts[0]), "",
            ".", "\(parts[0]).", "\(text).x", text + "A", String(repeating: "A", count: 10_000),
            try signer.sign(Principal(role: .service)), try signer.sign(Principal()),
        ]
        for forgery in forgeries { #expect(code { _ = try verifier().verify(forgery) } == "invalid_principal") }
    }

    @Test("Only the gateway and the operator may carry a principal")
    func carriers() throws {
        let text = try PrincipalSigner(key: key, clock: clock).sign(agent)
        let authentication = CallerAuthentication(verifier: verifier(), trustsLoopback: false)
        let metadata = Metadata([(Metadata.principalKey, text)])
        func caller(_ name: String?, _ metadata: Metadata) throws -> Caller {
            try authentication.caller(PeerIdentity(serviceName: name, isAuthenticated: name != nil), metadata)
        }
        #expect(try caller("gateway", metadata) == Caller(role: .agent, userID: 7, scopes: ["read"]))
        #expect(try caller("operator", Metadata()).role == .admin)
        #expect(try caller("warehouse", Metadata()) == Caller(role: .service, serviceName: "warehouse"))
        #expect(code { _ = try caller("routing", metadata) } == "forbidden")
        #expect(code { _ = try caller(nil, Metadata([("service", "operator")])) } == "unauthenticated")
    }
}
