import Mail
import Testing

@Suite("Real mail") struct MailSamplesTests {
    @Test("Every collected mail is understood and clean", arguments: Samples.mails)
    func understood(path: String) throws {
        let raw = try #require(Samples.bytes(path))
        let mail = MailParser.parse(raw)
        if !raw.isEmpty { #expect(mail.quarantine == nil) }
        var texts = [mail.subject, mail.text, mail.newText, mail.html, mail.messageID, mail.language]
        texts += mail.attachments.flatMap { [$0.filename, $0.contentID, $0.contentType] }
        for address in [mail.from, mail.sender].compactMap({ $0 }) + mail.to + mail.cc + mail.replyTo {
            texts += [address.name, address.address]
        }
        for text in texts {
            #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" })
        }
        for attachment in mail.attachments {
            #expect(!attachment.filename.isEmpty && !attachment.filename.contains("/"))
        }
        #expect(HTMLSanitizer.sanitized(mail.html) == mail.html)
    }

    @Test("Every truncation of a mail is taken without a crash", arguments: Samples.mails.prefix(40))
    func truncated(path: String) throws {
        let raw = try #require(Samples.bytes(path))
        for length in stride(from: 0, to: raw.count, by: max(1, raw.count / 25)) {
            let mail = MailParser.parse(Array(raw.prefix(length)))
            #expect(mail.text.utf8.count <= MailLimits.maxTextBytes)
        }
    }

    @Test(
        "A collected reply shows what is new",
        arguments: [
            ("email_2_1", "Outlook with a reply"), ("email_4", "Awesome! I haven't had another problem with it."),
            ("email_19", "On Thursday, I get proper rendering."),
            ("email_thread", "This is new email reply in thread from bellow."),
            ("email_unquoted_reply", "This is my reply."), ("email_iphone", "Here is another email"),
            ("email_w10_mail", "Great thanks Bort, going for a test now.\nBraxton"),
            ("email_custom_quote_header", "Thank you!"), ("email_customer_quote_header_2", "Thank you very much."),
            ("correct_sig", "this is an email with a correct -- signature."),
            (
                "email_sent_from_my_not_signature",
                "Here is another email\n\nSent from my desk, is much easier then my mobile phone."
            ),
        ])
    func reply(name: String, expected: String) {
        guard let raw = Samples.bytes("replies/\(name).txt") else { return }
        #expect(MailParser.parse(Array("Subject: Re\r\n\r\n".utf8) + raw).newText == expected)
    }

    @Test("No collected reply shows quoted lines after the answer", arguments: Samples.replies)
    func noTrailingQuote(path: String) throws {
        let raw = try #require(Samples.bytes(path))
        let mail = MailParser.parse(Array("Content-Type: text/plain; charset=utf-8\r\n\r\n".utf8) + raw)
        #expect(!mail.newText.isEmpty)
        #expect(mail.newText.split(separator: "\n").last?.hasPrefix(">") == false)
    }

    @Test(
        "A bounce names the mail that came back",
        arguments: [
            ("multi_address_bounce1", "118707422.15521266992174819.JavaMail.root@lvmail01", 5),
            ("report_530", "200712232303.lBNN3jDq002941@mail12.rrrr.com.au", 1),
        ])
    func bounce(name: String, id: String, recipients: Int) {
        guard let raw = Samples.bytes("mail/multipart_report_emails/\(name).eml") else { return }
        let mail = MailParser.parse(raw)
        #expect(mail.automatic == .bounce)
        #expect(mail.bounce?.originalMessageID == id)
        #expect(mail.bounce?.failedRecipients.count == recipients)
    }
}
