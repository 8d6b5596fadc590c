import HTTPTypes

/// The fields of a submitted form.
struct Form: Sendable {
    private var fields: [(name: String, value: String)] = []

    init() {}

    init(_ body: [UInt8], _ call: HTTPCall) throws {
        guard call.mediaType == "application/x-www-form-urlencoded" || body.isEmpty else {
            throw Problem(.unsupportedMediaType, "unsupported_media_type", "A form is wanted.")
        }
        guard let text = String(validating: body, as: UTF8.self), let fields = PercentEncoding.pairs(text) else {
            throw Problem(.badRequest, "malformed_form", "The form is not percent-encoded UTF-8.")
        }
        self.fields = fields
    }

    /// The first value of that name; empty when there is none. Line ends are made plain.
    subscript(_ name: String) -> String {
        (fields.first { $0.name == name }?.value ?? "").split(separator: "\r\n", omittingEmptySubsequences: false)
            .joined(separator: "\n")
    }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
