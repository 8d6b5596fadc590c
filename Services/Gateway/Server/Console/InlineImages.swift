import Foundation
import Model

/// The images that came inside a message, where its HTML names them by `cid:`.
struct InlineImages {
    private let paths: [String: String]

    /// Pictures made of pixels; others may hold more than a picture.
    private static let rasterTypes: Set<String> = [
        "image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp", "image/bmp",
    ]

    /// - Parameter attachments: those of the message alone.
    init(_ attachments: [Attachment]) {
        let shown = attachments.filter { !$0.contentID.isEmpty && Self.rasterTypes.contains($0.contentType) }
        paths = Dictionary(shown.map { ($0.contentID, "/api/v1/attachments/\($0.id)") }) { first, _ in first }
    }

    /// Sanitized HTML with each such name replaced by where the image is downloaded; an image that is not there keeps its words.
    func placed(in html: String) -> String {
        // In sanitized HTML, quotation marks stand around values and nowhere else.
        var pieces = html.split(separator: Self.mark, omittingEmptySubsequences: false)
        guard pieces.count > 1 else { return html }
        for index in pieces.indices.dropFirst() {
            let piece = pieces[index]
            guard let end = piece.firstIndex(of: "\"") else { continue }
            let path = path(of: piece[..<end])
            pieces[index] = (path.map { " src=\"\($0)\"" } ?? "") + piece[piece.index(after: end)...]
        }
        return pieces.joined()
    }

    private static let mark = " src=\"cid:"

    private func path(of name: Substring) -> String? {
        let id = String(name).replacing("&amp;", with: "&")
        // The name may be written as in a URL (RFC 2392).
        return paths[id] ?? id.removingPercentEncoding.flatMap { paths[$0] }
    }
}
