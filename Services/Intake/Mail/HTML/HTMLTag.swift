/// An HTML element that the reader knows by name. Everything else is unwrapped: its text stays.
enum HTMLTag: UInt8, CaseIterable {
    // Shown.
    case p, div, span, br, hr, a, b, strong, i, em, u, s, strike, del, ins, sub, sup, small, big, code, pre, tt, kbd
    case samp, blockquote, q, cite, ul, ol, li, dl, dt, dd, h1, h2, h3, h4, h5, h6, table, caption, thead, tbody, tfoot
    case tr, td, th, img, center, font, abbr, address
    // Dropped with their content.
    case script, style, title, textarea, xmp, iframe, noembed, noframes, plaintext, svg, math, template, object, applet
    case audio, video, select
    // The frame of a document.
    case html, head, body

    /// Lower case.
    var name: String { Self.names[Int(rawValue)] }

    /// - Parameter bytes: the name in any case; nil when it is none of these.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= Self.longestName else { return nil }
        for (name, tag) in Self.byLength[bytes.count]
        where name.elementsEqual(bytes, by: { $0 == $1 || ($1 < 91 && $1 > 64 && $0 == $1 | 0x20) }) {
            self = tag
            return
        }
        return nil
    }

    private static let names = allCases.map { String(describing: $0) }
    private static let longestName = 10
    /// The names of each length, so that few are compared.
    private static let byLength: [[(name: [UInt8], tag: HTMLTag)]] = {
        var table = [[(name: [UInt8], tag: HTMLTag)]](repeating: [], count: longestName + 1)
        for tag in allCases { table[tag.name.utf8.count].append((Array(tag.name.utf8), tag)) }
        return table
    }()
}

/// Some of the tags, as bits.
struct HTMLTagSet: ExpressibleByArrayLiteral {
    private var bits: UInt128 = 0

    init(arrayLiteral tags: HTMLTag...) {
        for tag in tags { bits |= 1 << UInt128(tag.rawValue) }
    }

    private init(bits: UInt128) {
        self.bits = bits
    }

    /// All from one to another, in the order of their definition.
    static func all(_ first: HTMLTag, through last: HTMLTag) -> HTMLTagSet {
        HTMLTagSet(bits: (first.rawValue...last.rawValue).reduce(0) { $0 | 1 << UInt128($1) })
    }

    func contains(_ tag: HTMLTag) -> Bool { bits >> UInt128(tag.rawValue) & 1 == 1 }

    func union(_ other: HTMLTagSet) -> HTMLTagSet { HTMLTagSet(bits: bits | other.bits) }
}

/// An attribute that some element may keep.
enum HTMLAttribute: UInt8, CaseIterable {
    case title, dir, lang, href, src, alt, width, height, colspan, rowspan, align, valign, start

    /// Lower case.
    var name: String { Self.names[Int(rawValue)].name }

    /// - Parameter bytes: the name in any case; nil when it is none of these.
    init?(_ bytes: some Collection<UInt8>) {
        for (index, known) in Self.names.enumerated()
        where known.bytes.count == bytes.count
            && known.bytes.elementsEqual(bytes, by: { $0 == $1 || ($1 < 91 && $1 > 64 && $0 == $1 | 0x20) })
        {
            self = Self.allCases[index]
            return
        }
        return nil
    }

    private static let names = allCases.map {
        (name: String(describing: $0), bytes: Array(String(describing: $0).utf8))
    }
}
