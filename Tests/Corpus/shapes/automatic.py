"""Mail that no person waits to have answered: delivery reports of several mail servers, absences, lists, receipts; and mail that only looks so."""
from corpus import Part, add, alternative, attachment, crlf, file, mail, multipart, text

SENT = crlf("""Return-Path: <support+0123456789abcdef0123456789abcdef@desk.example>
From: Firstline Support <support@desk.example>
To: nobody@customer.example
Subject: [#17] Printer
Message-ID: <firstline.17.3@desk.example>
Date: Tue, 05 Nov 2024 09:14:05 +0100

Have you tried another cable?
""").encode()
SENT_HEADER = SENT.split(b"\r\n\r\n")[0] + b"\r\n"
DAEMON = "MAILER-DAEMON@mx.customer.example"


def status(recipient: str, action: str, code: str, *lines: str) -> Part:
    words = ["Reporting-MTA: dns; mx.customer.example", "", f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {code}", *lines, ""]
    return Part((b"Content-Description: Delivery report", b"Content-Type: message/delivery-status"), crlf("\n".join(words)).encode())


def original(kind: bytes = b"message/rfc822", content: bytes = SENT) -> Part:
    return Part((b"Content-Description: Undelivered Message", b"Content-Type: " + kind), content)


def report(words: str, *parts: Part) -> Part:
    return multipart("report", text(words, "us-ascii"), *parts, boundary="=_dsn", more="; report-type=delivery-status")


def bounce(name: str, about: str, raw: bytes, recipients: list[str], action: str = "failed", status: str = "", message_id: str = "firstline.17.3@desk.example", **more):
    add(f"bounce-{name}", about, raw, automatic="bounce", attachments=more.pop("attachments", []),
        bounce={"recipients": recipients, "action": action, "status": status, "message_id": message_id}, **more)


def daemon(name: str, address: str = DAEMON) -> dict:
    return {"from": {"name": name, "address": address}}


def files(report_bytes: int, *, kind: str = "message/rfc822", name: str = "[#17] Printer.eml", size: int = len(SENT)) -> list[dict]:
    return [attachment("delivery-status.txt", "message/delivery-status", report_bytes), attachment(name, kind, size)]


def size(part: Part) -> int:
    """What GMime gives back of a report: its groups of fields, each ended by a blank line."""
    return len(part.body)


failed = status("nobody@customer.example", "failed", "5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 User unknown")
bounce("postfix", "Postfix: a report in three parts.", mail(report(
    "This is the mail system at host mx.customer.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n"
    "<nobody@customer.example>: host mx.customer.example[192.0.2.1] said: 550 5.1.1\n    User unknown (in reply to RCPT TO command)\n", failed, original()),
    "Auto-Submitted: auto-replied", subject="Undelivered Mail Returned to Sender", sender=f"{DAEMON} (Mail Delivery System)"),
    ["nobody@customer.example"], status="5.1.1", subject="Undelivered Mail Returned to Sender", attachments=files(size(failed)), **daemon("Mail Delivery System"))
delayed = status("slow@customer.example", "delayed", "4.4.1", "Will-Retry-Until: Sun, 10 Nov 2024 09:14:05 +0100")
bounce("postfix-delayed", "Postfix: a warning, with the header of the mail alone.", mail(report(
    "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n", delayed, original(b"text/rfc822-headers", SENT_HEADER)),
    "Auto-Submitted: auto-replied", subject="Delayed Mail (still being retried)", sender=DAEMON), ["slow@customer.example"], "delayed", "4.4.1",
    subject="Delayed Mail (still being retried)", attachments=files(size(delayed), kind="text/rfc822-headers", name="headers.txt", size=len(SENT_HEADER)), **daemon(""))
both = Part((b"Content-Type: message/delivery-status",), crlf(
    "Reporting-MTA: dns; mx.customer.example\n\nFinal-Recipient: rfc822; one@customer.example\nAction: failed\nStatus: 5.1.1\n\n"
    "Final-Recipient: RFC822; two@customer.example\nAction: failed\nStatus: 5.2.2\n").encode())
bounce("two-recipients", "A report about two recipients.", mail(report("Sorry.", both, original()), subject="Returned mail", sender=DAEMON),
    ["one@customer.example", "two@customer.example"], status="5.1.1", subject="Returned mail", attachments=files(size(both)), **daemon(""))
bounce("exim", "Exim of old: plain words, and the recipients in a field of its own.", mail(text(
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. "
    "This is a permanent error. The following address(es) failed:\n\n  nobody@customer.example\n    host mx.customer.example [192.0.2.1]\n    SMTP error from remote mail server "
    "after RCPT TO:<nobody@customer.example>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n" + SENT.decode().replace("\r\n", "\n"), "us-ascii"),
    "X-Failed-Recipients: nobody@customer.example", "Auto-Submitted: auto-replied", subject="Mail delivery failed: returning message to sender",
    sender="Mail Delivery System <Mailer-Daemon@mx.customer.example>"), ["nobody@customer.example"], status="5.1.1",
    subject="Mail delivery failed: returning message to sender", **daemon("Mail Delivery System", "Mailer-Daemon@mx.customer.example"))
bounce("qmail", "qmail: its own words, the address in brackets before a colon.", mail(text(
    "Hi. This is the qmail-send program at mx.customer.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; "
    "I've given up. Sorry it didn't work out.\n\n<nobody@customer.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
    + SENT.decode().replace("\r\n", "\n"), None), subject="failure notice", sender=DAEMON), ["nobody@customer.example"], status="5.1.1", subject="failure notice", **daemon(""))
exchange = status("nobody@customer.example", "failed", "5.1.10", "Remote-MTA: dns; mx.customer.example", "X-Display-Name: Nobody")
bounce("exchange", "Exchange: a report whose author looks like a person.", mail(multipart(
    "report", alternative("Your message to nobody@customer.example couldn't be delivered.", "<p>Your message to <b>nobody@customer.example</b> couldn't be delivered.</p>"),
    exchange, original(), boundary="=_dsn", more="; report-type=delivery-status"), "X-MS-Exchange-Message-Is-Ndr:", subject="Undeliverable: [#17] Printer",
    sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@customer.example>"), ["nobody@customer.example"], status="5.1.10",
    subject="Undeliverable: [#17] Printer", attachments=files(size(exchange)), **daemon("Microsoft Outlook", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@customer.example"))
gmail = status("nobody@customer.example", "failed", "5.1.1", "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.")
bounce("gmail", "Gmail: a picture beside the words, then the report.", mail(multipart(
    "report", multipart("related", alternative("** Address not found **\n\nYour message wasn't delivered to nobody@customer.example", "<p>Address not found</p><img src=\"cid:icon.png\">"),
    file(b"\x89PNG", "image/png; name=icon.png", "Content-Disposition: attachment; filename=icon.png", "Content-ID: <icon.png>"), boundary="=_rel"), gmail, original(),
    boundary="=_dsn", more="; report-type=delivery-status"), "X-Failed-Recipients: nobody@customer.example", "Auto-Submitted: auto-replied",
    "References: <firstline.17.3@desk.example>", "In-Reply-To: <firstline.17.3@desk.example>", subject="Delivery Status Notification (Failure)",
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>"), ["nobody@customer.example"], status="5.1.1", subject="Delivery Status Notification (Failure)",
    attachments=[attachment("icon.png", "image/png", 4, True), *files(size(gmail))], **daemon("Mail Delivery Subsystem", "mailer-daemon@googlemail.com"))
sendmail = status("nobody@customer.example", "failed", "5.1.1", "Original-Recipient: rfc822;nobody@customer.example")
bounce("sendmail", "Sendmail: a transcript of the session.", mail(report(
    "The original message was received at Tue, 5 Nov 2024 09:14:05 +0100\n\n   ----- The following addresses had permanent fatal errors -----\n<nobody@customer.example>\n"
    "    (reason: 550 5.1.1 <nobody@customer.example>... User unknown)\n", sendmail, original(b"text/rfc822-headers", SENT_HEADER)),
    "Auto-Submitted: auto-generated (failure)", subject="Returned mail: see transcript for details", sender=f"Mail Delivery Subsystem <{DAEMON}>"), ["nobody@customer.example"],
    status="5.1.1", subject="Returned mail: see transcript for details", attachments=files(size(sendmail), kind="text/rfc822-headers", name="headers.txt", size=len(SENT_HEADER)), **daemon("Mail Delivery Subsystem"))
bounce("notes", "Domino: the failure stands in the subject, the mail is attached.", mail(multipart(
    "mixed", text("Your document: [#17] Printer\nwas not delivered to: nobody@customer.example\nbecause: User nobody (nobody@customer.example) not listed in Domino Directory\n"), original()),
    subject="DELIVERY FAILURE: User nobody (nobody@customer.example) not listed in Domino Directory", sender="<Postmaster@customer.example>"), ["nobody@customer.example"],
    subject="DELIVERY FAILURE: User nobody (nobody@customer.example) not listed in Domino Directory",
    attachments=[attachment("[#17] Printer.eml", "message/rfc822", len(SENT))], **daemon("", "Postmaster@customer.example"))
bounce("null-path-plain", "A gateway's own words, known only by the null return path.", mail(text(
    "Sorry, your message to <nobody@customer.example> was refused: 552 5.2.2 mailbox full\n\nMessage-ID: <firstline.17.3@desk.example>\n"), subject="Your mail", sender="Gateway <gateway@customer.example>"),
    ["nobody@customer.example"], status="5.2.2", subject="Your mail", envelope_from="", **daemon("Gateway", "gateway@customer.example"))
utf8 = Part((b"Content-Type: message/global-delivery-status",), crlf(
    "Reporting-MTA: dns; mx.customer.example\n\nFinal-Recipient: utf-8; почта@пример.example\nAction: failed\nStatus: 5.6.7\n").encode())
bounce("international", "A report about an address beyond ASCII (RFC 6533).", mail(report("Sorry.", utf8, original(b"message/global")), subject="Undelivered", sender=DAEMON),
    ["почта@пример.example"], status="5.6.7", subject="Undelivered",
    attachments=[attachment("delivery-status.txt", "message/global-delivery-status", size(utf8)), attachment("[#17] Printer.eml", "message/global", len(SENT))], **daemon(""))
delivered = status("anna@customer.example", "delivered", "2.0.0")
bounce("success", "A report of success, which nobody needs to act on.", mail(report("Delivered.", delivered, original(b"text/rfc822-headers", SENT_HEADER)), subject="Successful Mail Delivery Report", sender=DAEMON),
    ["anna@customer.example"], "delivered", "2.0.0", subject="Successful Mail Delivery Report",
    attachments=files(size(delivered), kind="text/rfc822-headers", name="headers.txt", size=len(SENT_HEADER)), **daemon(""))

AWAY = "I am out of the office until Monday."


def automatic(name: str, about: str, kind: str | None, *lines: str, subject: str = "Re: Printer on the second floor", words: str = AWAY, **more):
    add(f"automatic-{name}", about, mail(text(words), *lines, subject=subject), subject=subject, new_text=words, automatic=kind, **more)


automatic("vacation", "A vacation program that keeps the rules (RFC 3834).", "auto_reply", "Auto-Submitted: auto-replied (vacation)")
automatic("exchange-absence", "Exchange's absence note.", "auto_generated", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", subject="Automatic reply: Printer on the second floor")
for code, prefix in {"en": "Automatic reply: ", "en-ooo": "Out of Office: ", "de": "Automatische Antwort: ", "de-old": "Abwesenheitsnotiz: ", "fr": "Réponse automatique : ",
                     "es": "Respuesta automática: ", "ru": "Автоматический ответ: ", "pl": "Odpowiedź automatyczna: ", "el": "Αυτόματη απάντηση: "}.items():
    automatic(f"absence-{code}", "An absence note of which only the subject tells.", "auto_reply", subject=prefix + "Printer")
automatic("gmail-vacation", "Gmail's vacation responder.", "auto_reply", "X-Autoreply: yes", "Precedence: bulk", "Auto-Submitted: auto-replied")
automatic("x-autorespond", "An autoresponder of a web host.", "auto_reply", "X-Autorespond: Printer", "X-Loop: anna@customer.example")
automatic("x-mail-autoreply", "Another one's field.", "auto_reply", "X-Mail-Autoreply: yes")
automatic("precedence-auto-reply", "Precedence: auto_reply.", "auto_reply", "Precedence: auto_reply")
automatic("delivered-to-autoresponder", "A hosting panel's mark.", "auto_reply", "Delivered-To: Autoresponder")
automatic("ticket-system", "Another desk's acknowledgement.", "auto_generated", "Auto-Submitted: auto-generated", "Precedence: bulk", words="Your request has been received (#4711).")
automatic("ticket-system-suppress", "Another desk that only asks for silence.", "auto_generated", "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply", words="Your request has been received (#4711).")
automatic("cron", "A machine's report.", "auto_generated", "Auto-Submitted: auto-generated", words="Backup finished.")
automatic("own-mail", "Our own mail come back.", "own_mail", "X-Firstline-Mail: 1", words="Have you tried another cable?")
automatic("list", "A mailing list.", "list", "List-Id: Printers <printers.customer.example>", "List-Post: <mailto:printers@customer.example>", "Precedence: list", words="Who has the B-200?")
automatic("newsletter", "A newsletter that can be left with one click.", "list", "List-Unsubscribe: <https://shop.example/u/1>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", words="Only today!")
automatic("bulk", "A bulk mail.", "bulk", "Precedence: bulk", words="Only today!")
automatic("junk", "Precedence: junk, in capitals.", "bulk", "PRECEDENCE: Junk", words="Only today!")
automatic("null-path", "The null return path alone makes a mail one not to answer.", "bounce", words="Something happened.", envelope_from="")
add("automatic-absence-null-path", "Exchange's absence note with the null return path is still no bounce.", mail(
    text(AWAY), "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", subject="Automatic reply: Printer"), subject="Automatic reply: Printer", new_text=AWAY,
    automatic="auto_generated", envelope_from="")
receipt = Part((b"Content-Type: message/disposition-notification",), crlf(
    "Reporting-UA: customer.example; Program\nFinal-Recipient: rfc822;anna@customer.example\nOriginal-Message-ID: <firstline.17.3@desk.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n").encode())
add("automatic-receipt", "A read receipt is no bounce, and nobody waits for an answer to it.", mail(multipart(
    "report", text("Your message was displayed."), receipt, boundary="=_mdn", more="; report-type=disposition-notification"), subject="Read: Printer"), subject="Read: Printer",
    automatic="auto_reply", new_text="Your message was displayed.", attachments=[attachment("attachment", "message/disposition-notification", len(receipt.body))])
complaint = Part((b"Content-Type: message/feedback-report",), crlf("Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n").encode())
add("automatic-complaint", "An abuse report (RFC 5965) of a mailbox provider.", mail(multipart(
    "report", text("This is an abuse report."), complaint, original(), boundary="=_arf", more="; report-type=feedback-report"), subject="Complaint"), subject="Complaint",
    automatic="auto_generated", new_text="This is an abuse report.",
    attachments=[attachment("attachment", "message/feedback-report", len(complaint.body)), attachment("[#17] Printer.eml", "message/rfc822", len(SENT))])

for name, line, is_spam in (
        ("spamassassin", "X-Spam-Flag: YES", True), ("spamassassin-status", "X-Spam-Status: Yes, score=7.2 required=5.0 tests=BAYES_99", True),
        ("rspamd", "X-Spam: Yes", True), ("exchange", "X-MS-Exchange-Organization-SCL: 6", True),
        ("spamassassin-ham", "X-Spam-Status: No, score=-1.9 required=5.0", False), ("exchange-ham", "X-MS-Exchange-Organization-SCL: -1", False)):
    add(f"spam-{name}", "A filter's verdict.", mail(text("Please help."), line), new_text="Please help.", spam=is_spam)
automatic("no", "Auto-Submitted: no is a person's.", None, "Auto-Submitted: no", words="Please help.")
automatic("suppress-none", "A program that names what it does not suppress.", None, "X-Auto-Response-Suppress: None", words="Please help.")
automatic("reply-to-absence", "A person answers an absence note: that is not one.", None, subject="Re: Automatic reply: Printer", words="Then until Monday.")
automatic("out-of-office-in-words", "A person writes about an office.", None, subject="Out of office supplies", words="We need paper.")
automatic("person-at-postmaster-org", "A person whose name only resembles a daemon's.", None, words="Please help.", subject="Undelivered parcel")
add("automatic-person-postmaster", "The postmaster of a customer, a person with an address of theirs, writes about a bounce.", mail(
    text("Our server bounced your mail, it is mended now."), sender="Paul Postmaster <paul.postmaster@customer.example>"), new_text="Our server bounced your mail, it is mended now.",
    **{"from": {"name": "Paul Postmaster", "address": "paul.postmaster@customer.example"}})
