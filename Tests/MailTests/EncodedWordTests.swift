import Glibc
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

    @Test("Very many neighbours are joined in work that grows as they do")
    func many() {
        func work(_ count: Int) -> Int {
            let raw = String(repeating: "=?utf-8?b?0J0=?= ", count: count)
            let before = Self.processorNanoseconds()
            #expect(EncodedWord.joiningNeighbours(in: raw).utf8.count > count * 2)
            return Self.processorNanoseconds() - before
        }
        _ = work(100)
        // Sixteen times as many, where the square would be 256 times as much work; the rest is for caches that others use too.
        #expect(work(64_000) < work(4_000) * 80)
    }

    /// What this thread has used: whatever else the machine does does not count.
    private static func processorNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test(
        "What is no encoded word stays as it is",
        arguments: ["=?", "=?=", "a =?b?c?d?= e", "=?utf-8?b?", "=?utf-8?x?abc?=", "= ? = ?"])
    func others(raw: String) {
        #expect(EncodedWord.joiningNeighbours(in: raw) == raw)
    }
}
