/// The header of a mail as it stands, read with a bound on fields and bytes (RFC 5322, section 2.2).
struct HeaderBlock {
    /// One field: lower-case name, and the value unfolded but not decoded.
    struct Field {
        let name: String
        let value: [UInt8]
    }

    private(set) var fields: [Field] = []
    /// Where the body begins.
    private(set) var bodyStart = 0
    /// More fields or bytes stand there than are read.
    private(set) var isOverLimit = false
    private var saysMultipart = false

    init(_ raw: [UInt8]) {
        var position = 0
        var open: (name: String, value: [UInt8])?
        while position < raw.count {
            let end = raw[position...].firstIndex(of: 10) ?? raw.count
            var line = raw[position..<end]
            // Some gateways double the carriage return.
            while line.last == 13 { line.removeLast() }
            let lineStart = position
            position = min(end + 1, raw.count)
            if line.isEmpty { break }
            if isOverLimit { continue }
            if fields.count >= MailLimits.maxHeaders || lineStart > MailLimits.maxHeaderBytes {
                isOverLimit = true
            } else if line.first == 32 || line.first == 9 {
                open?.value.append(contentsOf: line)
            } else if let colon = Self.colon(of: line) {
                close(&open)
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                open = (Self.trimmed(name), Array(line[(colon + 1)...]))
            } else if line.starts(with: "--".utf8), saysMultipart || open.map(Self.isMultipart) == true {
                // The line that begins the first part, where the blank line before it was lost.
                position = lineStart
                break
            } else if lineStart > 0 || !line.starts(with: "From ".utf8) {
                // A line that is no field and no mbox mark: most readers take it as torn off the field above.
                open?.value.append(32)
                open?.value.append(contentsOf: line)
            }
        }
        close(&open)
        bodyStart = position
    }

    /// The value of the first field of that name, else nil.
    func first(_ name: String) -> [UInt8]? {
        fields.first { $0.name == name }?.value
    }

    /// The decoded value of the first field of that name; empty when there is none.
    func text(_ name: String) -> String {
        first(name).map(HeaderText.decode) ?? ""
    }

    /// The value with comments and case gone and blanks trimmed, up to the first semicolon: for keywords.
    func keyword(_ name: String) -> String {
        let text = text(name).lowercased()
        let end = text.firstIndex { $0 == ";" || $0 == "(" || $0 == " " } ?? text.endIndex
        return String(text[..<end])
    }

    private static func isMultipart(_ field: (name: String, value: [UInt8])) -> Bool {
        guard field.name == "content-type" else { return false }
        let start = field.value.drop { $0 == 32 || $0 == 9 }.prefix(10)
        return String(decoding: start, as: UTF8.self).lowercased() == "multipart/"
    }

    private mutating func close(_ open: inout (name: String, value: [UInt8])?) {
        if let field = open {
            fields.append(Field(name: field.name, value: field.value))
            if Self.isMultipart(field) { saysMultipart = true }
        }
        open = nil
    }

    private static func colon(of line: ArraySlice<UInt8>) -> Int? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return nil }
        var end = colon
        while end > line.startIndex, line[end - 1] == 32 || line[end - 1] == 9 { end -= 1 }
        let name = line[line.startIndex..<end]
        return !name.isEmpty && name.allSatisfy { $0 > 32 && $0 < 127 } ? colon : nil
    }

    private static func trimmed(_ name: String) -> String {
        String(name.prefix { $0 != " " && $0 != "\t" })
    }
}
