import HTTPTypes
import Model

/// The files that pages load. They are part of the executable.
enum Assets {
    private struct File: Sendable {
        var type: String
        var bytes: [UInt8]
        var tag: String

        init(_ type: String, _ bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
            tag = "\"\(Base64URL.encode(Secret.hash(bytes).prefix(12)))\""
        }
    }

    private static let script = "text/javascript; charset=utf-8"
    private static let files: [String: File] = [
        "console.css": File("text/css; charset=utf-8", PackageResources.console_css),
        "formatted.css": File("text/css; charset=utf-8", PackageResources.formatted_css),
        "icon.svg": File("image/svg+xml", PackageResources.icon_svg),
        "console.js": File(script, PackageResources.console_js), "docs.js": File(script, PackageResources.docs_js),
        "draft.js": File(script, PackageResources.draft_js), "live.js": File(script, PackageResources.live_js),
        "times.js": File(script, PackageResources.times_js), "upload.js": File(script, PackageResources.upload_js),
    ]

    /// Kept by browsers, and asked for again by tag each time.
    static func answer(_ name: String, _ call: HTTPCall) throws -> Answer {
        guard let file = files[name] else { throw Problem.notFound() }
        let headers: HTTPFields = [.contentType: file.type, .eTag: file.tag, .cacheControl: "no-cache"]
        if call.headers[.ifNoneMatch] == file.tag { return Answer(status: .notModified, headers: headers) }
        return Answer(status: .ok, headers: headers, body: .bytes(file.bytes))
    }
}
