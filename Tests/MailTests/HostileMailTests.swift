import Mail
import Model
import Testing

@Suite("Hostile mail") struct HostileMailTests {
    @Test("100,000 header fields are cut at the limit and quarantined")
    func headers() {
        for name in ["X-A", "To", "Received", "Content-Type"] {
            let raw = "Subject: first\n" + String(repeating: "\(name): a@example.com\n", count: 100_000) + "\nbody\n"
            let mail = MailParser.parse(.mail(raw))
            #expect(mail.quarantine == .tooManyHeaders)
            #expect(mail.subject == "first")
            #expect(mail.text == "body")
        }
    }

    @Test("10,000 parts are cut at the limit and quarantined")
    func parts() {
        let raw =
            "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 10_000) + "--b--\n"
        let mail = MailParser.parse(.mail(raw))
        #expect(mail.quarantine == .tooManyParts)
        #expect(mail.attachments.count <= MailLimits.maxAttachments)
        let many = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n", count: 1_000_000)
        #expect(MailParser.parse(.mail(many)).quarantine == .tooManyParts)
    }

    @Test("Deep nesting is cut at the limit and quarantined")
    func depth() {
        var raw = ""
        for level in 0..<5_000 { raw += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        #expect(MailParser.parse(.mail(raw)).quarantine != nil)
        let messages = String(repeating: "Content-Type: message/rfc822\n\n", count: 5_000) + "x"
        #expect(MailParser.parse(.mail(messages)).attachments.count <= 1)
        let inner = "Content-Type: message/rfc822\n\n" + String(repeating: "To: a@example.com\n", count: 20_000) + "\nx"
        #expect(MailParser.parse(.mail(inner)).quarantine == .tooManyHeaders)
    }

    @Test("201 attachments are cut at the limit and quarantined")
    func attachments() {
        let part = "--b\nContent-Type: application/pdf; name=x.pdf\n\nx\n"
        let raw = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: part, count: 201) + "--b--\n"
        let mail = MailParser.parse(.mail(raw))
        #expect(mail.quarantine == .tooManyAttachments)
        #expect(mail.attachments.count == MailLimits.maxAttachments)
    }

    @Test("One huge base64 line, NUL bytes and bare CR are taken")
    func lines() {
        let base64 = String(repeating: "QUJD", count: 1_000_000)
        let raw = "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + base64
        #expect(MailParser.parse(.mail(raw)).attachments.first?.bytes.count == 3_000_000)
        let mail = MailParser.parse(Array("Subject: a\0b\r\nFrom: x\0y@example.com\r\n\r\nbo\0dy\rline".utf8))
        #expect(mail.subject == "a b" && mail.text == "body\nline")
    }

    @Test("A mail beyond the size limit is quarantined by its header alone")
    func size() {
        let raw = Array("Subject: big\r\n\r\n".utf8) + [UInt8](repeating: 65, count: MailSize.largestBytes)
        let mail = MailParser.parse(raw)
        #expect(mail.quarantine == .tooLarge && mail.subject == "big" && mail.text == "")
    }

    @Test(
        "Hostile header values cost what their length says",
        arguments: [
            "To: " + String(repeating: "a:", count: 30_000), "To: " + String(repeating: "(", count: 60_000),
            "To: " + String(repeating: "\"", count: 60_001), "To: " + String(repeating: "<", count: 60_000),
            "To: " + String(repeating: "a@b,", count: 16_000), "Subject: " + String(repeating: "=?", count: 30_000),
            "Subject: " + String(repeating: "=?utf-8?Q?=?= ", count: 4_000),
            "References: " + String(repeating: "<a@b> ", count: 10_000),
            "Content-Type: text/plain" + (0..<8_000).map { ";a\($0)=b" }.joined(),
            "Content-Type: text/plain" + (0..<8_000).map { ";a*\($0)*=b" }.joined(),
        ])
    func values(line: String) {
        let mail = MailParser.parse(.mail(line + "\nFrom: a@example.com\n\nbody"))
        #expect(mail.from?.address == "a@example.com")
        #expect(mail.to.count <= MailLimits.maxAddresses && mail.references.count <= MailLimits.maxReferences)
    }

    @Test("Of a delivery report so many groups of fields are read, and blank lines between them cost nothing")
    func deliveryReport() {
        func mail(_ fields: String) -> ParsedMail {
            let part = "--b\nContent-Type: message/delivery-status\n\n\(fields)\n--b--\n"
            return MailParser.parse(.mail("Content-Type: multipart/report; boundary=b\n\n" + part))
        }
        let failure = "Final-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: 5.1.1\n"
        let blank = mail(String(repeating: "\n", count: 200_000) + failure)
        #expect(blank.bounce?.failedRecipients == ["gone@example.org"])
        #expect(mail(String(repeating: "X-A: b\n\n", count: 150) + failure).bounce?.status == "5.1.1")
        #expect(mail(String(repeating: "X-A: b\n\n", count: 300) + failure).bounce?.failedRecipients == [])
    }

    @Test("Line breaks behind a long line of quote marks cost nothing, and their end tags count as tags")
    func lineBreaks() {
        let html = "Content-Type: text/html\n\n"
        let marks = String(repeating: ">", count: 200_000)
        for lines in [marks, "<pre>\(marks)</pre>"] {
            let mail = MailParser.parse(.mail(html + lines + String(repeating: "<p><br></p>", count: 5_000) + "end"))
            #expect(mail.text.hasSuffix("end"))
        }
        let ends = MailParser.parse(.mail(html + String(repeating: "x</br>", count: MailLimits.maxHTMLTags + 1_000)))
        #expect(ends.html.split(separator: "<br").count <= MailLimits.maxHTMLTags + 1)
    }

    @Test("Of a thousand texts as many are read as can fill what is kept, and then some")
    func texts() {
        func mail(_ kind: String, _ text: String, parts: Int, last: String = "") -> ParsedMail {
            let part = "--b\nContent-Type: text/plain\n\n" + String(repeating: text, count: 1_000)
            let head = "Content-Type: multipart/\(kind); boundary=b\n\n"
            let end = "--b\nContent-Type: text/plain\n\n\(last)\n--b--\n"
            return MailParser.parse(Array((head + String(repeating: part, count: parts) + end).utf8))
        }
        for kind in ["alternative", "mixed"] {
            #expect(mail(kind, "abcdefg\n", parts: 150).text.utf8.count > MailLimits.maxTextBytes - 16)
        }
        // Empty to the eye, they take the room all the same.
        #expect(mail("mixed", "       \n", parts: 50, last: "last").text == "last")
        #expect(mail("mixed", "       \n", parts: 540, last: "last").text != "last")
    }

    @Test("A letter under a thousand accents is one character, but takes no more room than others")
    func accents() {
        let letter = "a" + String(repeating: "\u{301}", count: 3_000)
        let mail = MailParser.parse(
            .mail(
                "Subject: \(letter)\nFrom: \(letter) <a@example.org>\nContent-Type: application/pdf\n"
                    + "Content-ID: <\(letter)>\nContent-Disposition: attachment; filename=\"\(letter).pdf\"\n\nx"))
        #expect((1_900...(4 * MailLimits.maxSubjectCharacters)).contains(mail.subject.utf8.count))
        #expect((700...(4 * MailLimits.maxNameCharacters)).contains(mail.from?.name.utf8.count ?? 0))
        let file = mail.attachments.first
        #expect(file?.filename.hasSuffix(".pdf") == true && file?.contentID == "")
        #expect(file.map { $0.filename.utf8.count <= 4 * MailLimits.maxFilenameCharacters } == true)
    }

    @Test("Margins of any length are taken off header values and file names")
    func margins() {
        let blanks = String(repeating: " ", count: 60_000)
        let dots = String(repeating: ".", count: 3_000)
        let part =
            "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"\(dots)x.pdf\(dots)\"\n\nx\n"
        let mail = MailParser.parse(
            .mail(
                "Subject:\(blanks)s\nReferences:\(blanks)<a@b>\nContent-Type: multipart/mixed; boundary=b\n\n"
                    + String(repeating: part, count: 5) + "--b--\n"))
        #expect(mail.subject == "s" && mail.references == ["a@b"])
        #expect(mail.attachments.map(\.filename) == Array(repeating: "x.pdf", count: 5))
        // Of a field that is longer than any name only the start is read.
        let long = MailParser.parse(
            .mail(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf\n"
                    + "Content-Disposition: attachment; filename=\"\(dots)\(dots)\(dots)x.pdf\"\n\nx\n--b--\n"))
        #expect(long.attachments.count == 1 && long.attachments[0].filename != "x.pdf")
    }

    @Test("A text that flows on without end is one line, and one of colons alone stays as it is")
    func flowingAndColons() {
        let flowed = String(repeating: "a \n", count: 20_000)
        let mail = MailParser.parse(.mail("Content-Type: text/plain; format=flowed\n\n" + flowed))
        #expect(mail.text == String(repeating: "a ", count: 19_999) + "a")
        let colons = String(repeating: "a1 a1 a1 a1:\n", count: 5_000)
        #expect(MailParser.parse(.mail("\n" + colons)).newText + "\n" == colons)
    }

    @Test("Random damage never breaks the reader")
    func damage() {
        var generator = SplitMix(state: 42)
        let base = [UInt8].mail(
            "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--\n"
        )
        for _ in 0..<2_000 {
            var raw = base
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                raw[Int.random(in: 0..<raw.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let mail = MailParser.parse(raw)
            #expect(!mail.text.utf8.contains(0) && !mail.html.utf8.contains(0))
        }
    }

    @Test(
        "File names are plain",
        arguments: [
            ("../../etc/passwd", "passwd"), ("C:\\x\\y.txt", "y.txt"), ("a\u{200B}b\u{202E}c.pdf", "abc.pdf"),
            ("..", "attachment.pdf"), (".htaccess", "htaccess"), ("a<b>.pdf", "a_b_.pdf"), ("", "attachment.pdf"),
            (String(repeating: "x", count: 300) + ".pdf", String(repeating: "x", count: 116) + ".pdf"),
        ])
    func filenames(name: String, expected: String) {
        let quoted = name.replacing("\\", with: "\\\\")
        let mail = MailParser.parse(
            .mail("Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"\(quoted)\"\n\nx"))
        #expect(mail.attachments.first?.filename == expected)
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
