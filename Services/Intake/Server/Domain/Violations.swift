import Model

/// Faults of a request, gathered so that all are named at once.
struct Violations {
    private var all: [Violation] = []

    mutating func expect(_ holds: Bool, _ field: String, _ message: String) {
        if !holds { all.append(Violation(field: field, message: message)) }
    }

    func check() throws(InvalidRequest) {
        if !all.isEmpty { throw InvalidRequest(all) }
    }
}

/// What the texts and lists of a request may hold at most.
enum RequestLimits {
    static let subjectCharacters = 998
    static let bodyBytes = 2 * 1024 * 1024
    static let tags = 50
    static let tagCharacters = 64
    static let customFields = 100
    static let customFieldValueBytes = 4 * 1024
    static let attachments = 50
    static let nameCharacters = 256
    static let externalIDCharacters = 256
    static let languageCharacters = 35
    static let domains = 100
    static let filenameCharacters = 255
    static let footerBytes = 4 * 1024
    static let mentions = 20
    /// Notification gives a mail up five days after it was asked for, and is to have some of them left.
    static let surveyAfterMinutes: Int32 = 3 * 24 * 60
    static let searchCharacters = 1_000
    static let tiers: ClosedRange<Int32> = 1...9
}

extension Violations {
    mutating func expectSubject(_ subject: String, _ field: String = "subject") {
        expect(!subject.isBlank, field, "must not be empty")
        expect(
            subject.isShort(RequestLimits.subjectCharacters), field,
            "must have at most \(RequestLimits.subjectCharacters) characters")
        expect(!subject.hasControlCharacters, field, "must be one line without control characters")
    }

    mutating func expectBody(text: String, html: String, attachments: [Int64]) {
        expect(!text.isBlank || !html.isBlank || !attachments.isEmpty, "body", "must not be empty")
        expect(text.utf8.count <= RequestLimits.bodyBytes, "body", "must have at most \(RequestLimits.bodyBytes) bytes")
        expect(
            html.utf8.count <= RequestLimits.bodyBytes, "html_body",
            "must have at most \(RequestLimits.bodyBytes) bytes")
        expect(
            attachments.count <= RequestLimits.attachments, "attachment_ids",
            "must name at most \(RequestLimits.attachments)")
        expect(Set(attachments).count == attachments.count, "attachment_ids", "must not name one twice")
    }

    /// - Parameter tags: as `Tags.normalized` leaves them.
    mutating func expectTags(_ tags: [String]) {
        expect(tags.count <= RequestLimits.tags, "tags", "must be at most \(RequestLimits.tags)")
        for tag in tags where tag.isEmpty || !tag.isShort(RequestLimits.tagCharacters) || !tag.isTag {
            expect(
                false, "tags", "must each have 1 to \(RequestLimits.tagCharacters) characters, no spaces and no commas")
            return
        }
    }

    mutating func expectCustomFields(_ fields: [CustomField]) {
        expect(
            fields.count <= RequestLimits.customFields, "custom_fields", "must be at most \(RequestLimits.customFields)"
        )
        for field in fields {
            let isName =
                (1...64).contains(field.name.utf8.count)
                && field.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
            expect(isName, "custom_fields", "must have names of 1 to 64 lower-case letters, digits and underscores")
            expect(
                field.value.utf8.count <= RequestLimits.customFieldValueBytes, "custom_fields.\(field.name)",
                "must have at most \(RequestLimits.customFieldValueBytes) bytes")
        }
        expect(Set(fields.map(\.name)).count == fields.count, "custom_fields", "must not name one twice")
    }

    mutating func expectID(_ id: Int64, _ field: String) {
        expect(id >= 0 && id < 1 << 53, field, "must be a positive integer below 2^53")
    }

    mutating func expectTier(_ tier: Int32) {
        expect(RequestLimits.tiers.contains(tier), "tier", "must be between 1 and \(RequestLimits.tiers.upperBound)")
    }

    mutating func expectName(_ name: String, _ field: String = "name", required: Bool) {
        expect(!required || !name.isBlank, field, "must not be empty")
        expect(
            name.isShort(RequestLimits.nameCharacters), field,
            "must have at most \(RequestLimits.nameCharacters) characters")
        expect(!name.hasControlCharacters, field, "must be one line without control characters")
    }

    mutating func expectExternal(externalID: String, language: String) {
        expect(
            externalID.isShort(RequestLimits.externalIDCharacters) && !externalID.hasControlCharacters, "external_id",
            "must have at most \(RequestLimits.externalIDCharacters) characters, none of them a control character")
        let isLanguage =
            language.utf8.count <= RequestLimits.languageCharacters
            && language.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
            }
        expect(isLanguage, "language", "must be a language tag (BCP 47)")
    }
}

extension String {
    /// Nothing but white space.
    var isBlank: Bool { unicodeScalars.allSatisfy { $0.properties.isWhitespace } }

    /// Holds what would break a line or hide in one.
    var hasControlCharacters: Bool {
        // The category Cc, in UTF-8: U+0000 to U+001F, U+007F, and C2 80 to C2 9F for U+0080 to U+009F.
        var last: UInt8 = 0
        for byte in utf8 {
            if byte < 0x20 || byte == 0x7F || (last == 0xC2 && byte < 0xA0) { return true }
            last = byte
        }
        return false
    }

    /// Whether it has at most `limit` characters, and no more than four bytes for each: a letter under a thousand accents is one character too.
    /// Most texts need no counting, for no character takes less than a byte.
    fileprivate func isShort(_ limit: Int) -> Bool {
        utf8.count <= limit || (utf8.count <= 4 * limit && count <= limit)
    }

    fileprivate var isTag: Bool {
        unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "," && $0.properties.generalCategory != .control
        }
    }

    /// Without white space at either end.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}

/// The tags of a ticket: lower case, in order, each once.
enum Tags {
    static func normalized(_ tags: [String]) -> [String] {
        Set(tags.map { $0.trimmed.lowercased() }).sorted()
    }
}
