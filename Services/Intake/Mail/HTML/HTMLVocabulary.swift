/// The HTML that mail may show. Everything else is unwrapped (its text stays) or dropped with its content.
enum HTMLVocabulary {
    static let allowed = HTMLTagSet.all(.p, through: .address)

    static let void: HTMLTagSet = [.br, .hr, .img]

    /// Elements whose content is not for reading.
    static let dropped = HTMLTagSet.all(.script, through: .select)

    /// What the HTML parser reopens in each following block when it was left open.
    static let formatting: HTMLTagSet = [
        .a, .b, .big, .code, .em, .font, .i, .s, .small, .strike, .strong, .tt, .u,
    ]

    static let blocks: HTMLTagSet = [
        .p, .div, .hr, .pre, .blockquote, .ul, .ol, .li, .dl, .dt, .dd, .h1, .h2, .h3, .h4, .h5, .h6, .table, .center,
        .address,
    ]

    static let tableParts: HTMLTagSet = [.caption, .thead, .tbody, .tfoot, .tr, .td, .th]

    /// The attributes that an element keeps.
    static func allows(_ attribute: HTMLAttribute, on element: HTMLTag) -> Bool {
        switch attribute {
        case .title, .dir, .lang: true
        case .href: element == .a
        case .src, .alt, .width, .height: element == .img
        case .colspan, .rowspan, .align, .valign: element == .td || element == .th
        case .start: element == .ol
        }
    }

    /// The link if it leads where a link in a mail may lead: http, https, mailto and tel.
    static func link(_ raw: String) -> String? {
        var link = raw
        if !raw.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            link.unicodeScalars.removeAll { $0.value <= 0x20 || $0.value == 0x7F || PlainText.isForbidden($0) }
        }
        guard let colon = link.utf8.firstIndex(of: UInt8(ascii: ":")), link.utf8.count <= 8_000,
            ["http", "https", "mailto", "tel"].contains(link[..<colon].lowercased())
        else { return nil }
        return link
    }

    /// The source of an image that came inside the mail (RFC 2392); nil for any other.
    static func inlineSource(_ raw: String) -> String? {
        let source = PlainText.line(raw)
        guard source.lowercased().hasPrefix("cid:"), source.utf8.count <= 500,
            source.unicodeScalars.allSatisfy({ $0.value > 0x20 && !"<>\"'`".unicodeScalars.contains($0) })
        else { return nil }
        return "cid:" + source.dropFirst(4)
    }

    /// The source of an image that lies elsewhere; nil for any other.
    static func remoteSource(_ raw: String) -> String? {
        let whole = raw.hasPrefix("//") ? "https:" + raw : raw
        return link(whole).flatMap { $0.prefix(4).lowercased() == "http" ? $0 : nil }
    }

    /// An attribute's value as it may stand, else nil.
    static func value(_ raw: String, of attribute: HTMLAttribute) -> String? {
        switch attribute {
        case .href: return link(raw)
        case .src: return inlineSource(raw)
        case .width, .height, .colspan, .rowspan, .start:
            let digits = raw.prefix { $0.isASCII && $0.isNumber }
            return digits.isEmpty || digits.count > 4 ? nil : String(digits)
        case .dir, .align, .valign:
            let word = raw.lowercased()
            return ["ltr", "rtl", "auto", "left", "right", "center", "justify", "top", "middle", "bottom", "baseline"]
                .contains(word) ? word : nil
        case .lang:
            return raw.utf8.count <= 35
                && raw.utf8.allSatisfy {
                    $0 == 45 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                } ? raw : nil
        case .title, .alt: return PlainText.line(String(raw.prefix(1_000)))
        }
    }
}
