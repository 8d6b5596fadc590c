import HTTPTypes
import Model
import Wire

/// A message as it was formatted, on a page of its own that a frame shows: no script, no form, nothing remote but the images that were asked for.
extension Console {
    func formatted(_ visit: ConsoleVisit, _ ticketID: Int64, messageID: Int64) async throws -> Answer {
        let isRemote = visit.query("images") == "remote"
        let message = try await desk.peers.intake.getMessage(
            GetMessageRequest(id: messageID, ticketID: ticketID, remoteImages: isRemote), visit.options)
        guard !message.html.isEmpty else { throw Problem.notFound() }
        let view: [String: Any] = [
            "t": visit.texts, "title": visit.texts[.formatted],
            "html": InlineImages(message.attachments).placed(in: message.html),
        ]
        return .html(pages.render("formatted", view)).with(
            .securityPolicy, Self.formattedPolicy(remoteImages: isRemote))
    }

    /// The page stays in its sandbox wherever it is opened. It keeps its origin, without scripts, so that its images come with the session.
    private static func formattedPolicy(remoteImages: Bool) -> String {
        "default-src 'none'; style-src 'self'; img-src 'self'\(remoteImages ? " https: http:" : ""); base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    }
}
