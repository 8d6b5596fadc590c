import Testing

@testable import IntakeServer

@Suite("What an IMAP server sends") struct IMAPReaderTests {
    @Test("The literals of one answer have no more than a mail together, and those of the next begin anew")
    func manyLiterals() throws {
        var reader = IMAPResponseReader()
        let half = IMAPLimits.literalBytes / 2
        let literal = " X {\(half)}\r\n" + String(repeating: "x", count: half)
        for _ in 0..<2 {
            reader.append(Array("* 1 FETCH (UID 1\(literal)\(literal))\r\n".utf8))
            #expect(try reader.next() == .fetch(IMAPFetched(uid: 1)))
        }
        reader.append(Array("* 1 FETCH (UID 1\(literal)\(literal) X {2}\r\n".utf8))
        #expect(throws: IMAPFault.self) { try reader.next() }
    }

    @Test("A conversation cut at every byte goes the same way")
    func everyByte() throws {
        let answer =
            "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\nf3 OK done\r\n* 1 FETCH (FLAGS (\\Seen \"a\\\"b\") UID 1 BODY[] {7}\r\na\r\n)(\r\n X NIL)\r\nf4 OK [X] done\r\n* BYE now\r\n"
        let bytes = Array(answer.utf8)
        var whole = IMAPResponseReader()
        whole.append(bytes)
        var expected: [IMAPResponse] = []
        while let response = try whole.next() { expected.append(response) }
        #expect(expected.count == 5)
        #expect(expected[2] == .fetch(IMAPFetched(uid: 1, body: .bytes(Array("a\r\n)(\r\n".utf8)))))
        for cut in 0...bytes.count {
            var reader = IMAPResponseReader()
            var got: [IMAPResponse] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                reader.append(part)
                while let response = try reader.next() { got.append(response) }
            }
            #expect(got == expected)
        }
    }
}
