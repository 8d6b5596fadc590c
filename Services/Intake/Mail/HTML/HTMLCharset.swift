/// The charset that HTML names for itself, in a `<meta>` near its start.
enum HTMLCharset {
    private static let maxSearchedBytes = 2 * 1024

    /// Nil when it names none.
    static func label(_ html: [UInt8]) -> String? {
        let start = String(decoding: html.prefix(maxSearchedBytes).filter { $0 < 0x80 }, as: UTF8.self).lowercased()
        var rest = start[...]
        while let meta = rest.firstRange(of: "<meta") {
            rest = rest[meta.upperBound...]
            let tag = rest.prefix { $0 != ">" }
            guard let name = tag.firstRange(of: "charset=") else { continue }
            let value = tag[name.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
            let label = value.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            if !label.isEmpty { return String(label) }
        }
        return nil
    }
}
