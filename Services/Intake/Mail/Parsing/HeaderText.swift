import CGMime

/// Header values made readable: encoded words (RFC 2047), raw 8-bit text and what is broken in them.
enum HeaderText {
    /// Decodes an unstructured value onto one clean line.
    static func decode(_ raw: [UInt8]) -> String {
        GMimeLibrary.start()
        let text = encodedWordsReadable(EncodedWord.joiningNeighbours(in: utf8(raw)))
        guard text.utf8.contains(UInt8(ascii: "=")), let decoded = g_mime_utils_header_decode_text(nil, text) else {
            return PlainText.line(text)
        }
        defer { g_free(decoded) }
        return PlainText.line(String(cString: decoded))
    }

    /// The value as Unicode with encoded words left in place, cut at the limit, without NUL and line ends.
    static func utf8(_ raw: [UInt8]) -> String {
        let bytes = raw.prefix(MailLimits.maxHeaderValueBytes).map { $0 == 0 || $0 == 13 || $0 == 10 ? 32 : $0 }
        return Charset.decode(Array(bytes.drop { $0 == 32 || $0 == 9 }), declared: nil)
    }

    /// The addresses of a structured value; groups are opened, what is no address is left out.
    static func addresses(_ raw: [UInt8]?) -> [MailAddress] {
        guard let raw else { return [] }
        GMimeLibrary.start()
        let text = encodedWordsReadable(withoutNestedGroups(EncodedWord.joiningNeighbours(in: utf8(raw))))
        var found: [MailAddress] = []
        if let list = firstline_gmime_mailbox_list(text) {
            defer { firstline_gmime_release(list) }
            collect(list, into: &found, depth: 0)
        }
        return found.isEmpty ? LooseAddress.read(decode(raw)).map { [$0] } ?? [] : found
    }

    private static func collect(_ list: UnsafeMutableRawPointer, into found: inout [MailAddress], depth: Int) {
        for index in 0..<max(0, firstline_gmime_mailbox_count(list)) where found.count < MailLimits.maxAddresses {
            guard let entry = firstline_gmime_mailbox_at(list, index) else { continue }
            if let members = firstline_gmime_mailbox_members(entry) {
                if depth < 2 { collect(members, into: &found, depth: depth + 1) }
            } else if let address = firstline_gmime_mailbox_address(entry) {
                let name = firstline_gmime_mailbox_name(entry).map { PlainText.line(String(cString: $0)) } ?? ""
                var address = PlainText.line(String(cString: address))
                if !address.hasPrefix("\"") { address = address.filter { $0 != " " } }
                if address.contains("@"), address.utf8.count <= 320 {
                    found.append(
                        MailAddress(
                            name: PlainText.shortened(name, characters: MailLimits.maxNameCharacters),
                            address: address))
                }
            }
        }
    }

    /// GMime reads a group inside a group by recursion; real mail never nests them. A semicolon that ends no group stands between
    /// addresses, as Outlook writes it.
    private static func withoutNestedGroups(_ text: String) -> String {
        var depth = 0
        var isQuoted = false
        var previous: UInt8 = 0
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\"") where previous != UInt8(ascii: "\\"):
                isQuoted.toggle()
                result.append(byte)
            case UInt8(ascii: ":"):
                depth += 1
                result.append(depth > 4 ? 32 : byte)
            case UInt8(ascii: ";"):
                result.append(depth == 0 && !isQuoted ? UInt8(ascii: ",") : byte)
                depth = max(0, depth - 1)
            default: result.append(byte)
            }
            previous = byte
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The Message-IDs of a value, without angle brackets, each once; the first and the newest when there are too many.
    static func messageIDs(_ raw: [UInt8]?) -> [String] {
        guard let raw else { return [] }
        var found: [String] = []
        var rest = utf8(raw)[...]
        while let open = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: ">") else { break }
            let id = PlainText.line(String(rest[..<close]))
            if !id.isEmpty, id.utf8.count <= 998 { found.append(id) }
            rest = rest[rest.index(after: close)...]
        }
        if found.isEmpty {
            let bare = PlainText.line(utf8(raw))
            if bare.contains("@"), !bare.contains(" "), bare.utf8.count <= 998 { found = [bare] }
        }
        var seen: Set<String> = []
        found = found.filter { seen.insert($0).inserted }
        if found.count > MailLimits.maxReferences {
            found = [found[0]] + found.suffix(MailLimits.maxReferences - 1)
        }
        return found
    }

    /// Milliseconds since 1970 of a Date value; nil when it cannot be read.
    static func date(_ raw: [UInt8]?) -> Int64? {
        guard let raw else { return nil }
        GMimeLibrary.start()
        guard let date = g_mime_utils_header_decode_date(onFullClock(utf8(raw))) else { return nil }
        defer { g_date_time_unref(date) }
        let seconds = g_date_time_to_unix(date)
        return (0..<32_503_680_000).contains(seconds) ? Int64(seconds) * 1_000 : nil
    }

    /// A time of day on twelve hours, as no standard writes it, on twenty-four: `06:09:22 PM` is `18:09:22`.
    private static func onFullClock(_ date: String) -> String {
        let words = date.split(separator: " ")
        guard let mark = words.firstIndex(where: { ["AM", "PM"].contains($0.uppercased()) }), mark > 0,
            let colon = words[mark - 1].firstIndex(of: ":"), let hour = Int(words[mark - 1][..<colon]),
            (1...12).contains(hour)
        else { return date }
        let real = hour % 12 + (words[mark].uppercased() == "PM" ? 12 : 0)
        let time = "\(real)\(words[mark - 1][colon...])"
        return (words[..<(mark - 1)] + [time[...]] + words[(mark + 1)...]).joined(separator: " ")
    }

    /// Names charsets in encoded words by the superset that senders really mean.
    private static func encodedWordsReadable(_ text: String) -> String {
        guard text.contains("=?") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.utf8.firstIndex(of: UInt8(ascii: "=")) {
            let next = rest.utf8.index(after: mark)
            guard next < rest.endIndex, rest.utf8[next] == UInt8(ascii: "?") else {
                result += rest[..<next]
                rest = rest[next...]
                continue
            }
            let start = rest.utf8.index(after: next)
            result += rest[..<start]
            rest = rest[start...]
            let name = rest.prefix(40)
            guard let end = name.utf8.firstIndex(of: UInt8(ascii: "?")) else { continue }
            let charset = name[..<end].prefix { $0 != "*" }
            result += Charset.superset(of: String(charset)) ?? String(charset)
            rest = rest[end...]
        }
        return result + rest
    }
}
