@testable import Mail

/// Whatever comes is read into texts that are clean and HTML that is safe, and nothing that was written is lost.
func fuzzMail(_ bytes: UnsafeRawBufferPointer) {
    let mail = MailParser.parse(Array(bytes))
    for text in [mail.subject, mail.text, mail.newText, mail.html, mail.messageID] + mail.attachments.map(\.filename) {
        precondition(!text.unicodeScalars.contains { $0.value == 0 || $0.value == 0x7F }, "a control character is left")
    }
    precondition(!mail.subject.contains { $0.isNewline }, "a subject of several lines")
    precondition(mail.attachments.allSatisfy { !$0.filename.isEmpty && !$0.filename.contains("/") })
    precondition(mail.newText.isBlank == mail.text.isBlank, "the new text is empty, and something was written")
    check(html: mail.html)
}

func fuzzNewText(_ bytes: UnsafeRawBufferPointer) {
    let text = PlainText.body(String(decoding: bytes, as: UTF8.self))
    precondition(NewText.of(text).isBlank == text.isBlank, "the new text is empty, and something was written")
}

func fuzzSanitizer(_ bytes: UnsafeRawBufferPointer) {
    check(html: HTMLSanitizer.sanitized(String(decoding: bytes, as: UTF8.self)))
}

/// Only what the vocabulary allows is there, and sanitizing changes nothing more.
private func check(html: String) {
    precondition(HTMLSanitizer.sanitized(html) == html, "sanitizing changes what is sanitized")
    for tag in html.utf8.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false).dropFirst() {
        let name = (tag.first == UInt8(ascii: "/") ? tag.dropFirst() : tag).prefix {
            $0 != 32 && $0 != UInt8(ascii: ">")
        }
        guard let known = HTMLTag(ArraySlice(name)) else { preconditionFailure("an unknown element") }
        precondition(HTMLVocabulary.allowed.contains(known), "an element that mail may not show")
        // Values hold no quote, so that every other piece is one.
        let inside = tag.prefix { $0 != UInt8(ascii: ">") }.dropFirst(tag.first == UInt8(ascii: "/") ? 0 : name.count)
        let pieces = inside.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated()
        where index % 2 == 0 && piece.count > 1 && tag.first != UInt8(ascii: "/") {
            let attribute = piece.drop { $0 == 32 }.prefix { $0 != UInt8(ascii: "=") }
            precondition(
                attribute.elementsEqual("rel".utf8)
                    || HTMLAttribute(attribute).map { HTMLVocabulary.allows($0, on: known) } ?? false,
                "an attribute that the element does not keep")
        }
    }
}

extension String {
    /// Nothing of it is seen.
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
