/// Text as search compares it: lower case, without diacritics, letters of the Latin, Greek and Cyrillic scripts brought to one form.
enum TextFolding {
    static func folded(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.value < 0x80 {
                let isUpper = (0x41...0x5A).contains(scalar.value)
                result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
            } else if scalar.properties.generalCategory != .nonspacingMark {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    if let base = bases[lower] {
                        result.append(contentsOf: base.unicodeScalars)
                    } else if lower.properties.generalCategory != .nonspacingMark {
                        result.append(lower)
                    }
                }
            }
        }
        return String(result)
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
