import HTTPTypes
import Model

/// One request as the routes see it: read, bounded, without the server library.
struct HTTPCall: Sendable {
    var method: HTTPRequest.Method
    /// Decoded segments of the path.
    var segments: [String]
    /// As it came, for logs and links.
    var path: String
    var query: [(name: String, value: String)]
    var headers: HTTPFields
    var body: [UInt8]

    /// The media type without its parameters, in lower case; nil when none is named.
    var mediaType: String? {
        headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
    }

    func cookie(_ name: String) -> String? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }
}
