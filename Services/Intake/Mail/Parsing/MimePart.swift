import CGMime

/// A look at one part of a message tree that GMime owns; valid while the tree is.
struct MimePart {
    enum Kind { case leaf, multipart, message, other }

    let object: UnsafeMutableRawPointer

    var kind: Kind {
        switch Int(firstline_gmime_kind(object)) {
        case FIRSTLINE_GMIME_LEAF: .leaf
        case FIRSTLINE_GMIME_MULTIPART: .multipart
        case FIRSTLINE_GMIME_MESSAGE: .message
        default: .other
        }
    }

    var childCount: Int { kind == .multipart ? Int(max(0, firstline_gmime_child_count(object))) : 0 }

    func child(_ index: Int) -> MimePart? {
        firstline_gmime_child(object, Int32(index)).map(MimePart.init)
    }

    /// Lower case; `text` when nothing is said.
    var mediaType: String { Self.token(firstline_gmime_media_type(object)) ?? "text" }

    /// Lower case; `plain` when nothing is said.
    var mediaSubtype: String { Self.token(firstline_gmime_media_subtype(object)) ?? "plain" }

    var charset: String? { parameter("charset") }

    func parameter(_ name: String) -> String? {
        firstline_gmime_type_parameter(object, name).map { String(cString: $0) }
    }

    var contentID: String {
        guard let id = firstline_gmime_content_id(object) else { return "" }
        let plain = PlainText.line(String(cString: id)).filter { !"<> ".contains($0) }
        return plain.utf8.count <= MailLimits.maxContentIDBytes ? plain : ""
    }

    /// Lower case, `attachment` or `inline`; nil when not said.
    var disposition: String? {
        guard let raw = rawHeader("Content-Disposition") else { return nil }
        let word = HeaderText.utf8(raw).lowercased().prefix { $0.isLetter || $0 == "-" }
        return word.isEmpty ? nil : String(word)
    }

    /// The name that the sender gave, decoded, not yet cleaned.
    var filename: String? {
        for (header, parameter) in [("Content-Disposition", "filename"), ("Content-Type", "name")] {
            guard let raw = rawHeader(header), let name = Self.parameter(parameter, of: raw), !name.isEmpty else {
                continue
            }
            return name
        }
        return nil
    }

    func rawHeader(_ name: String) -> [UInt8]? {
        guard let raw = firstline_gmime_raw_header(object, name) else { return nil }
        return raw.pointee == 0 ? nil : Self.bytes(raw, limit: MailLimits.maxPartFieldBytes)
    }

    /// Whether a text labelled as Base64 is none: its first line has blanks within.
    var isFalselyBase64: Bool {
        guard firstline_gmime_is_base64(object) != 0 else { return false }
        let line = Self.taken(firstline_gmime_raw_content(object, 4_096)).split { $0 == 10 || $0 == 13 }.first ?? []
        return line.drop { $0 == 32 }.reversed().drop { $0 == 32 }.contains(32)
    }

    /// The content as it stands on the wire.
    var rawContent: [UInt8] { Self.taken(firstline_gmime_raw_content(object, MailLimits.maxTextBytes * 4)) }

    /// The content, transfer encoding undone; of a nested message, its source.
    var content: [UInt8] {
        Self.taken(firstline_gmime_content(object))
    }

    private static func taken(_ array: UnsafeMutablePointer<GByteArray>?) -> [UInt8] {
        guard let array else { return [] }
        defer { g_byte_array_unref(array) }
        guard let data = array.pointee.data else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(array.pointee.len)))
    }

    private static func bytes(_ text: UnsafePointer<CChar>, limit: Int) -> [UInt8] {
        var count = 0
        while count < limit, text[count] != 0 { count += 1 }
        return text.withMemoryRebound(to: UInt8.self, capacity: count) {
            Array(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    private static func token(_ text: UnsafePointer<CChar>?) -> String? {
        guard let text else { return nil }
        let token = String(cString: text).lowercased().filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || "!#$&-^_.+".contains($0))
        }
        return token.isEmpty ? nil : String(token.prefix(80))
    }

    /// A parameter of a value that may hold raw 8-bit text in any charset, or an encoded word where none belongs.
    private static func parameter(_ name: String, of raw: [UInt8]) -> String? {
        let text = EncodedWord.joiningNeighbours(in: HeaderText.utf8(raw))
        let start = text.firstIndex(of: ";") ?? text.endIndex
        guard start < text.endIndex,
            let list = g_mime_param_list_parse(nil, String(text[text.index(after: start)...]))
        else { return nil }
        defer { firstline_gmime_release(list) }
        var found: [String] = []
        for index in 0..<g_mime_param_list_length(list) {
            guard let parameter = g_mime_param_list_get_parameter_at(list, index),
                String(cString: g_mime_param_get_name(parameter)).lowercased() == name,
                let value = g_mime_param_get_value(parameter)
            else { continue }
            found.append(HeaderText.decode(bytes(value, limit: MailLimits.maxPartFieldBytes)))
        }
        // Beside `filename*`, a plain `filename` is what is left of it for old programs (RFC 6266, appendix D).
        return found.first { !$0.utf8.allSatisfy { $0 < 0x80 } } ?? found.first
    }
}
