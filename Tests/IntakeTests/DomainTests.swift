import Model
import Testing

@testable import IntakeServer

@Suite("Pure rules of Intake")
struct DomainTests {
    @Test(
        "History facts come back as they were",
        arguments: ["", "plain", "tab\there", "line\nbreak", "back\\slash", "\\t", "καλημέρα"])
    func facts(value: String) {
        let facts = [CustomField(name: "old", value: value), CustomField(name: "new", value: "x")]
        #expect(HistoryFacts.decoded(HistoryFacts.encoded(facts)) == facts)
    }

    @Test("A Message-ID of ours is recognised, and nothing else is")
    func messageIdentifiers() {
        let ours = MessageIdentifier(ticketID: 12, messageID: 34, replyToken: "0123456789abcdef0123456789abcdef")
        let text = ours.text(domain: "desk.example")
        #expect(text == "firstline.12.34.0123456789abcdef@desk.example")
        #expect(MessageIdentifier(text) == ours)
        for other in [
            "", "@", "firstline.1.2@x", "other.1.2.0123456789abcdef@x", "firstline.1.2.short@x",
            "firstline.-1.2.0123456789abcdef@x",
        ] {
            #expect(MessageIdentifier(other) == nil)
        }
    }

    @Test(
        "A language is guessed by script and common words",
        arguments: [
            ("Hello, the printer is not working, please help", "en"), ("Здравствуйте, принтер не работает", "ru"),
            ("Καλημέρα, ο εκτυπωτής δεν λειτουργεί", "el"), ("Dzień dobry, drukarka się zepsuła, proszę o pomoc", "pl"),
            ("Guten Tag, der Drucker ist nicht an", "de"), ("12345", ""), ("xyzzy plugh", ""),
        ])
    func languages(text: String, language: String) {
        #expect(LanguageGuess.language(of: text) == language)
    }

    @Test("Letters lose case and accents, and keep what makes them letters")
    func folding() {
        #expect(TextFolding.folded("ŻÓŁĆ Straße Éclair") == "zolc strasse eclair")
        #expect(TextFolding.folded("Καλημέρα ΣΟΦΟΣ") == "καλημερα σοφοσ")
        #expect(TextFolding.folded("ЁЛКА край") == "елка край")
        #expect(TextFolding.folded("e\u{301}") == "e")
    }

    @Test("A long text is looked through once, however it ends")
    func tokens() {
        #expect(Array(SearchTokens("a-b  c_d 東京x 1.5")) == ["a", "b", "c", "d", "東", "京", "x", "1", "5"])
        #expect(Array(SearchTokens(String(repeating: "é", count: 100_000))).count == 1)
    }
}
