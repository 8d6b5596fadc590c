import Model
import Testing
import Wire

@testable import IntakeServer

@Suite("Images of a mail that lie elsewhere")
struct RemoteImagesTests {
    private static let raw = Mails.with {
        $0.headers = ["MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8"]
        $0.body = "<p>Look: <img src=\"https://pictures.example/a.png\" alt=\"fire\"></p>"
    }

    @Test("They are told of, left out, and there for staff who ask")
    func remoteImages() async throws {
        try await Desk.open { desk in
            let outcome = try await desk.accept(Self.raw)
            let message = try await desk.messages(outcome.ticketID)[0]
            #expect(message.hasRemoteImages && !message.html.contains("pictures.example"))
            let request = GetMessageRequest(id: message.id, remoteImages: true)
            let whole = try await desk.api.getMessage(request, desk.call())
            #expect(whole.html.contains("src=\"https://pictures.example/a.png\"") && whole.text == message.text)
            let requester = desk.requester(try await desk.ticket(outcome.ticketID))
            let theirs = try await desk.api.getMessage(request, desk.call(requester))
            #expect(theirs.html == message.html)
        }
    }

    @Test("A mail tells what it came in")
    func wrappers() async throws {
        try await Desk.open { desk in
            let raw = Mails.with {
                $0.headers = ["MIME-Version: 1.0", "Content-Type: multipart/signed; boundary=x"]
                $0.body = """
                    --x\r
                    Content-Type: text/plain\r
                    \r
                    Signed words.\r
                    --x\r
                    Content-Type: application/pgp-signature\r
                    \r
                    -----BEGIN PGP SIGNATURE-----\r
                    --x--\r
                    """
            }
            let signed = try await desk.messages(try await desk.accept(raw).ticketID)[0]
            #expect(signed.wrappers == ["signed"] && !signed.hasRemoteImages)
            let plain = try await desk.messages(try await desk.accept(Mails().bytes).ticketID)[0]
            #expect(plain.wrappers.isEmpty)
        }
    }
}
