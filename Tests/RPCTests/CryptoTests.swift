import RPC
import Testing

@Suite("Keys and digests")
struct CryptoTests {
    @Test("SHA-256 and HMAC are those of the standards' examples")
    func knownAnswers() {
        #expect(
            Digest.sha256(Array("abc".utf8)).hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 4231, test case 2.
        #expect(
            Digest.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)).hexadecimal
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("A signature holds for its bytes and key alone, also after a way through PEM")
    func signatures() throws {
        let key = SigningKey()
        let bytes = Array("principal".utf8)
        let signature = try SigningKey(pem: key.pem).sign(bytes)
        let verifying = try VerifyingKey(pem: key.verifyingKey.pem)
        #expect(signature.count == 64)
        #expect(verifying.isValid(signature, for: bytes))
        #expect(!verifying.isValid(signature, for: bytes + [0]))
        #expect(!verifying.isValid([UInt8](repeating: 0, count: 64), for: bytes))
        #expect(!verifying.isValid([], for: bytes))
        #expect(!SigningKey().verifyingKey.isValid(signature, for: bytes))
    }

    @Test(
        "Text that is no key is refused",
        arguments: ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func badKeys(text: String) {
        #expect(throws: TLSError.self) { try SigningKey(pem: text) }
        #expect(throws: TLSError.self) { try VerifyingKey(pem: text) }
    }

    @Test("Random bytes have their count and differ")
    func random() {
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(SecureRandom.bytes(0).isEmpty)
    }

    @Test("Secrets are equal when all bytes are")
    func equality() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(constantTimeEquals([], []))
    }

    @Test(
        "A name that would begin another entry of the certificate is refused",
        arguments: ["a,DNS:b", "a\nb", "", "a b", "ü"])
    func badNames(name: String) throws {
        let authority = try CertificateAuthority()
        #expect(throws: TLSError.self) { try authority.issue(service: name) }
        #expect(throws: TLSError.self) { try authority.issue(service: "intake", hosts: [name]) }
    }
}
