import Testing

@testable import Mail

@Suite("Encoded words")
struct EncodedWordTests {
    @Test(
        "Neighbours are read as one text, whatever the padding between them",
        arguments: [
            ("=?utf-8?b?0J3QtSDigJMg?= =?utf-8?b?0L/QvtC80L7Qs9C40YLQtQ==?=", "Не – помогите"),
            ("=?utf-8?b?4oCTIA==?= =?utf-8?b?0L/QvtC80L7Qs9C40YLQtQ==?=", "– помогите"),
            // A character cut in two.
            ("=?UTF-8?B?0A==?=\t=?utf-8?b?nQ==?=", "Н"),
            ("=?utf-8?b?0J0=?= and =?utf-8?q?=D0=9D?=", "Н and Н"),
            ("=?utf-8?b?0J0=?= =?koi8-r?b?7g==?=", "НН"),
        ])
    func neighbours(raw: String, text: String) {
        #expect(HeaderText.decode(Array(raw.utf8)) == text)
    }

    @Test("Very many neighbours are joined in time that grows as they do")
    func many() {
        func duration(_ count: Int) -> Duration {
            let raw = String(repeating: "=?utf-8?b?0J0=?= ", count: count)
            return ContinuousClock().measure {
                #expect(EncodedWord.joiningNeighbours(in: raw).utf8.count > count * 2)
            }
        }
        _ = duration(100)
        // Sixteen times as many, where the square would be 256 times as long; the rest is for a machine that is busy.
        #expect(duration(64_000) < duration(4_000) * 80)
    }

    @Test(
        "What is no encoded word stays as it is",
        arguments: ["=?", "=?=", "a =?b?c?d?= e", "=?utf-8?b?", "=?utf-8?x?abc?=", "= ? = ?"])
    func others(raw: String) {
        #expect(EncodedWord.joiningNeighbours(in: raw) == raw)
    }
}
