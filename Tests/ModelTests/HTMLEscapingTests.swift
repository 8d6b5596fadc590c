import Model
import Testing

@Suite("Text as HTML")
struct HTMLEscapingTests {
    @Test(
        "What means something is written as a reference, what may stand nowhere is not let through",
        arguments: [
            ("", ""), ("plain", "plain"), ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("плюс – 日本", "плюс – 日本"),
            ("a\u{0}b\u{1}c\u{8}d\u{B}e\u{C}f\u{1F}g\u{7F}h", "abcdefgh"), ("a\tb\nc", "a\tb\nc"), ("a\r\nb", "a\nb"),
            ("\u{80}\u{85}\u{9F}", "\u{FFFD}\u{FFFD}\u{FFFD}"), ("\u{A0}", "\u{A0}"),
            ("\u{FFFC}🙂", "\u{FFFC}🙂"),
            // Escaped once more, not known again.
            ("&amp;", "&amp;amp;"),
        ])
    func escaped(text: String, html: String) {
        #expect(HTMLEscaping.escaped(text) == html)
        #expect(HTMLEscaping.escaped("x\(text)y".dropFirst().dropLast()) == html)
        #expect(html.utf8.count <= HTMLEscaping.mostBytes(text))
    }

    @Test(
        "Noncharacters become what stands for what is unknown",
        arguments: [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1_FFFF, 0x10_FFFE])
    func noncharacters(value: UInt32) throws {
        let text = String(try #require(Unicode.Scalar(value)))
        #expect(HTMLEscaping.escaped("a" + text + "b") == "a\u{FFFD}b")
        #expect(3 <= HTMLEscaping.mostBytes(text))
    }

    @Test("No byte of the result can begin a tag or end an attribute, whatever the text")
    func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let scalars = (0..<50).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x1_20, using: &generator)) }
            let text = String(String.UnicodeScalarView(scalars))
            let html = HTMLEscaping.escaped(text)
            #expect(!html.utf8.contains { "<>\"'".utf8.contains($0) || ($0 < 32 && $0 != 9 && $0 != 10) || $0 == 127 })
            #expect(html.utf8.count <= HTMLEscaping.mostBytes(text))
        }
    }
}
