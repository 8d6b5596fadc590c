import Mail
import Testing

@Suite("Reading mail") struct MailParserTests {
    @Test("A multipart mail gives its text, its sender and its attachment")
    func multipart() {
        let mail = MailParser.parse(
            .mail(
                """
                From: =?UTF-8?B?0JDQvdC90LA=?= <anna@example.com>
                To: "Support, Desk" <support@desk.example>, second@desk.example
                Cc: undisclosed-recipients:;
                Subject: =?utf-8?Q?=C3=84rger_mit?= =?utf-8?Q?_R=C3=A4dern?=
                Message-ID: <one@example.com>
                In-Reply-To: <zero@desk.example>
                References: <minus@desk.example> <zero@desk.example>
                Date: Tue, 05 Mar 2024 10:00:00 +0100
                Content-Language: de-AT
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=outer

                --outer
                Content-Type: multipart/alternative; boundary=inner

                --inner
                Content-Type: text/plain; charset=utf-8

                Das Rad quietscht.
                --inner
                Content-Type: text/html; charset=utf-8

                <p>Das <b>Rad</b> quietscht. <img src="cid:rad@x"></p>
                --inner--
                --outer
                Content-Type: image/png; name="../../etc/rad\u{202E}gnp.exe"
                Content-Disposition: inline
                Content-ID: <rad@x>
                Content-Transfer-Encoding: base64

                iVBORw==
                --outer--

                """))
        #expect(mail.quarantine == nil)
        #expect(mail.from == MailAddress(name: "Анна", address: "anna@example.com"))
        #expect(mail.to.map(\.address) == ["support@desk.example", "second@desk.example"])
        #expect(mail.to.first?.name == "Support, Desk")
        #expect(mail.cc.isEmpty)
        #expect(mail.subject == "Ärger mit Rädern")
        #expect(mail.messageID == "one@example.com")
        #expect(mail.inReplyTo == ["zero@desk.example"])
        #expect(mail.references == ["minus@desk.example", "zero@desk.example"])
        #expect(mail.dateMilliseconds == 1_709_629_200_000)
        #expect(mail.language == "de-AT")
        #expect(mail.text == "Das Rad quietscht.")
        #expect(mail.html == "<p>Das <b>Rad</b> quietscht. <img src=\"cid:rad@x\"></p>")
        #expect(
            mail.attachments == [
                MailAttachment(
                    filename: "radgnp.exe", contentType: "image/png", bytes: [0x89, 0x50, 0x4E, 0x47], isInline: true,
                    contentID: "rad@x")
            ])
        #expect(mail.automatic == nil)
    }

    @Test("A nested mail, winmail.dat, S/MIME and an invitation stay whole as attachments")
    func wrappers() {
        let mail = MailParser.parse(
            .mail(
                """
                From: a@example.com
                Content-Type: multipart/mixed; boundary=b

                --b
                Content-Type: text/plain

                See below.
                --b
                Content-Type: message/rfc822

                From: x@example.com
                Subject: Old / story
                Content-Type: multipart/mixed; boundary=c

                --c

                inner
                --c--
                --b
                Content-Type: application/ms-tnef
                Content-Transfer-Encoding: base64

                eJ8+Ig==
                --b
                Content-Type: application/pkcs7-mime

                x
                --b
                Content-Type: text/calendar; method=REQUEST

                BEGIN:VCALENDAR
                --b--

                """))
        #expect(mail.text == "See below.")
        #expect(mail.attachments.map(\.filename) == ["Old - story.eml", "winmail.dat", "smime.p7m", "invite.ics"])
        #expect(String(decoding: mail.attachments[0].bytes, as: UTF8.self).contains("inner"))
        #expect(mail.attachments[1].bytes == [0x78, 0x9F, 0x3E, 0x22])
    }

    @Test(
        "Text in other charsets is read, labelled rightly, wrongly or not at all",
        arguments: [
            ("gb2312", [0xC4, 0xE3, 0xBA, 0xC3, 0xA3, 0xAC, 0xC7, 0xEB, 0xCE, 0xCA, 0x95, 0x45] as [UInt8], "你好，请问旹"),
            ("", [0xC4, 0xE3, 0xBA, 0xC3, 0xCA, 0xC0, 0xBD, 0xE7], "你好世界"),
            ("windows-1251", [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2], "Привет"),
            (
                "", [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x20, 0xEA, 0xE0, 0xEA, 0x20, 0xE4, 0xE5, 0xEB, 0xE0],
                "Привет как дела"
            ),
            ("koi8-r", [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4], "Привет"),
            ("", [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4, 0x20, 0xCB, 0xC1, 0xCB], "Привет как"),
            ("windows-1253", [0xC3, 0xE5, 0xE9, 0xDC], "Γειά"),
            ("", [0xCA, 0xE1, 0xEB, 0xE7, 0xEC, 0xDD, 0xF1, 0xE1, 0x20, 0xF3, 0xE1, 0xF2], "Καλημέρα σας"),
            ("iso-8859-1", [0x80, 0x20, 0xE9], "€ é"),
            ("iso-8859-2", [0xB1, 0xEA, 0xB3], "ąęł"),
            ("us-ascii", [0x63, 0x61, 0x66, 0xC3, 0xA9], "café"),
            ("iso-8859-1", [0x63, 0x61, 0x66, 0xC3, 0xA9], "café"),
            ("utf-8", [0x63, 0x61, 0x66, 0xE9], "café"),
            ("no-such-charset", [0x63, 0x61, 0x66, 0xE9], "café"),
            ("shift_jis", [0x82, 0xA0, 0x82, 0xA2], "あい"),
            ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x24, 0x22, 0x1B, 0x28, 0x42], "あ"),
            ("utf-16", [0xFF, 0xFE, 0x41, 0x00, 0x04, 0x04], "AЄ"),
        ])
    func charsets(label: String, body: [UInt8], expected: String) {
        let type = label.isEmpty ? "" : "Content-Type: text/plain; charset=\"\(label)\"\r\n"
        #expect(MailParser.parse(Array("Subject: x\r\n\(type)\r\n".utf8) + body).text == expected)
    }

    @Test(
        "Broken subjects are still read",
        arguments: [
            (Array("=?gb2312?B?xOO6ww==?=".utf8), "你好"), (Array("=?GB2312?B?lUU=?=".utf8), "旹"),
            (Array("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=".utf8), "café"),
            (Array("caf".utf8) + [0xE9], "café"), (Array("Hello\0 there\u{202E}!".utf8), "Hello there!"),
            (Array("=?utf-8?Q?two words?=".utf8), "two words"), (Array("=?broken".utf8), "=?broken"),
            (Array("=?utf-8?Q?a=0D=0AX-Evil:_1?=".utf8), "a X-Evil: 1"),
            ([0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x21, 0x20, 0xE4, 0xE0], "Привет! да"),
        ])
    func subjects(raw: [UInt8], expected: String) {
        #expect(MailParser.parse(Array("Subject: ".utf8) + raw + Array("\r\n\r\nbody".utf8)).subject == expected)
    }

    @Test("Flowed text is put together, with and without DelSp")
    func flowed() {
        let plain =
            "Content-Type: text/plain; format=flowed\n\nThis is \none line.\n> quoted \n> too\n>> deeper\n-- \nAnn\n"
        #expect(MailParser.parse(.mail(plain)).text == "This is one line.\n> quoted too\n>> deeper\n-- \nAnn")
        let deleted = "Content-Type: text/plain; format=flowed; delsp=yes\n\nlong \nword\n"
        #expect(MailParser.parse(.mail(deleted)).text == "longword")
    }

    @Test(
        "Automatic mail is recognised",
        arguments: [
            ("Auto-Submitted: auto-replied", AutomaticKind.autoReply),
            ("Auto-Submitted: auto-generated", .autoGenerated),
            ("Auto-Submitted: AUTO-REPLIED (vacation)", .autoReply), ("Precedence: bulk", .bulk),
            ("Precedence: junk", .bulk), ("Precedence: list", .list), ("List-Id: <l.example.com>", .list),
            ("List-Unsubscribe: <mailto:x@example.com>", .list), ("X-Auto-Response-Suppress: All", .autoGenerated),
            ("Return-Path: <>", .bounce), ("From: MAILER-DAEMON@mx.example.com", .bounce),
            ("Content-Type: multipart/report; boundary=x", .bounce), ("X-Firstline-Mail: 1", .ownMail),
            ("X-Autoreply: yes", .autoReply),
        ])
    func automatic(line: String, kind: AutomaticKind) {
        #expect(MailParser.parse(.mail("\(line)\nSubject: x\n\nbody\n")).automatic == kind)
    }

    @Test("A person's mail is not automatic")
    func person() {
        let raw = [UInt8].mail("Auto-Submitted: no\nReturn-Path: <a@example.com>\nFrom: a@example.com\n\nbody\n")
        #expect(MailParser.parse(raw, envelopeFrom: "a@example.com").automatic == nil)
        #expect(MailParser.parse(raw, envelopeFrom: "").automatic == .bounce)
    }

    @Test("A bounce in plain words gives the reply address that it quotes")
    func plainBounce() {
        let token = "0123456789abcdef0123456789abcdef"
        let mail = MailParser.parse(
            .mail(
                "From: MAILER-DAEMON@x.example\n\nSorry.\n> Message-ID: <m1@desk.example>\n> Reply-To: <help+\(token)@desk.example>\n"
            ))
        #expect(mail.bounce?.originalMessageID == "m1@desk.example")
        #expect(mail.bounce?.replyAddresses.map(\.mailbox) == ["help@desk.example"])
    }

    @Test("An unreadable date, an empty Message-ID and an empty mail are borne")
    func broken() {
        let mail = MailParser.parse(.mail("Date: yesterday\nMessage-ID: <>\nFrom: nobody\nSubject:\n\nbody\n"))
        #expect(mail.dateMilliseconds == nil && mail.messageID == "" && mail.from == nil && mail.subject == "")
        #expect(mail.text == "body" && mail.quarantine == nil)
        #expect(MailParser.parse([]).quarantine == .empty)
        #expect(MailParser.parse([0xFF, 0x00, 0x13]).quarantine == .unreadable)
    }
}
