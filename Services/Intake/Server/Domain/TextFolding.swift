/// Text as search compares it: lower case, without diacritics, letters of the Latin, Greek and Cyrillic scripts brought to one form.
enum TextFolding {
    static func folded(_ text: some StringProtocol) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.append(folded(UInt8(scalar.value)))
            } else {
                fold(scalar) { result.append(contentsOf: UTF8.encode($0)!) }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// An ASCII letter in lower case; other bytes as they are.
    static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }

    /// Tells what is left of a scalar beyond ASCII, if anything.
    static func fold(_ scalar: Unicode.Scalar, _ append: (Unicode.Scalar) -> Void) {
        guard scalar.properties.generalCategory != .nonspacingMark else { return }
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            if let base = bases[lower] {
                base.unicodeScalars.forEach(append)
            } else if lower.properties.generalCategory != .nonspacingMark {
                append(lower)
            }
        }
    }

    /// Precomposed lower-case letters and what is left of them.
    private static let bases: [Unicode.Scalar: String] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"), ("ae", "æ"), ("c", "çćĉċč"), ("d", "ďđð"),
            ("e", "èéêëēĕėęěẹẻẽếềểễệ"), ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįıỉị"), ("j", "ĵ"), ("k", "ķ"),
            ("l", "ĺļľŀł"), ("n", "ñńņňŉ"), ("o", "òóôõöøōŏőơọỏốồổỗộớờởỡợ"), ("oe", "œ"), ("r", "ŕŗř"), ("s", "śŝşšș"),
            ("ss", "ß"), ("t", "ţťŧț"), ("th", "þ"), ("u", "ùúûüũūŭůűųưụủứừửữự"), ("w", "ŵ"), ("y", "ýÿŷỳỵỷỹ"),
            ("z", "źżž"), ("α", "άἀἁἄἅὰᾶ"), ("ε", "έὲἐἑ"), ("η", "ήὴἠἡῆ"), ("ι", "ίϊΐὶἰἱῖ"), ("ο", "όὸὀὁ"),
            ("υ", "ύϋΰὺὐὑῦ"), ("ω", "ώὼὠὡῶ"), ("σ", "ς"), ("е", "ё"),
        ]
        var table: [Unicode.Scalar: String] = [:]
        for (base, letters) in groups {
            for scalar in letters.unicodeScalars { table[scalar] = base }
        }
        return table
    }()
}
