"""How parts lie within each other: alternatives, pictures in the text, mails in mails, invitations, wrappers."""
from corpus import Part, add, alternative, attachment, crlf, file, html, mail, multipart, text

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
PDF = b"%PDF-1.4\n" + bytes(range(200))
WORDS = {"new_text": "Please help."}


def picture(cid: str, *lines: str, name: str = "image001.png", kind: str = "image/png") -> Part:
    return file(PNG, f'{kind}; name="{name}"', f"Content-ID: <{cid}>", *lines)


def nested(words: str, subject: str, *lines: str) -> bytes:
    return mail(text(words), *lines, subject=subject, sender="Carl <carl@shop.example>")


def passed_on(raw: bytes, *lines: str) -> Part:
    return Part((b"Content-Type: message/rfc822", *[line.encode() for line in lines]), raw)


add("related-outlook", "Outlook: related inside nothing, a picture beside the HTML.", mail(multipart(
    "related", alternative("Please help.\n\n[cid:image001.png@01DB2F00.1A2B3C40]", '<p>Please help.</p><img width="20" src="cid:image001.png@01DB2F00.1A2B3C40">'),
    picture("image001.png@01DB2F00.1A2B3C40"), boundary="=_rel", more='; type="multipart/alternative"')),
    new_text_contains=["Please help."], html_contains=["cid:image001.png@01DB2F00.1A2B3C40"], attachments=[attachment("image001.png", "image/png", 68, True)])
add("related-gmail", "Gmail: the picture lies in the mixed part, and says that it is inline.", mail(multipart(
    "mixed", multipart("related", alternative("Please help.", '<div>Please help.<img src="cid:ii_m1"></div>'),
    picture("ii_m1", 'Content-Disposition: inline; filename="shot.png"', "X-Attachment-Id: ii_m1", name="shot.png"), boundary="=_rel"),
    file(PDF, 'application/pdf; name="invoice.pdf"', 'Content-Disposition: attachment; filename="invoice.pdf"'))), **WORDS,
    html_contains=["cid:ii_m1"], attachments=[attachment("shot.png", "image/png", 68, True), attachment("invoice.pdf", "application/pdf", 209)])
add("related-apple", "Apple Mail: plain text and HTML apart, pictures inside the HTML's related part.", mail(multipart(
    "alternative", text("Please help."), multipart("related", html('<div>Please help.</div><img src="cid:A1@customer.example">'),
    picture("A1@customer.example", "Content-Disposition: inline;\r\n\tfilename=IMG_0001.png", name="IMG_0001.png"), boundary="=_rel"))), **WORDS,
    attachments=[attachment("IMG_0001.png", "image/png", 68, True)])
add("picture-between-texts", "Apple Mail in plain text: words, a picture, words.", mail(multipart(
    "mixed", text("See the screen:"), file(PNG, "image/png; name=a.png", "Content-Disposition: inline; filename=a.png"), text("What shall I do?"))),
    new_text="See the screen:\n\nWhat shall I do?", attachments=[attachment("a.png", "image/png", 68)])
add("picture-attached-with-id", "A picture with an id that is an attachment all the same.", mail(multipart(
    "mixed", html("<p>Please help.</p>"), picture("x1@customer.example", 'Content-Disposition: attachment; filename="photo.png"', name="photo.png"))),
    **WORDS, attachments=[attachment("photo.png", "image/png", 68)])
add("picture-alone", "Nothing but a photo.", mail(file(PNG, 'image/jpeg; name="photo.jpg"', 'Content-Disposition: attachment; filename="photo.jpg"')),
    new_text="", attachments=[attachment("photo.jpg", "image/jpeg", 68)])
add("text-file-attached", "A text file is a file, also when a program calls it inline.", mail(multipart(
    "mixed", text("Please help."), file(b"line 1\r\nline 2\r\n", "text/plain; charset=utf-8; name=log.txt", "Content-Disposition: attachment; filename=log.txt"),
    file(b"a;b\r\n", "text/csv", 'Content-Disposition: inline; filename="list.csv"'))), **WORDS, text_lacks=["line 1"],
    attachments=[attachment("log.txt", "text/plain", 16), attachment("list.csv", "text/csv", 5)])
add("html-file-attached", "An HTML file is a file: it must not be shown as the mail.", mail(multipart(
    "mixed", text("Please help."), file(b"<script>alert(1)</script><p>Page</p>", "text/html; name=page.html", 'Content-Disposition: attachment; filename="page.html"'))),
    **WORDS, html_lacks=["Page"], attachments=[attachment("page.html", "text/html", 36)])
add("alternative-empty-plain", "An empty plain text beside the true HTML.", mail(alternative("", "<p>Please help.</p>")), **WORDS)
add("alternative-three", "Plain, enriched and HTML.", mail(multipart(
    "alternative", text("Please help."), text("<bold>Please</bold> help.", subtype="enriched"), html("<p>Please help.</p>"))), **WORDS, text_lacks=["<bold>"])
add("alternative-html-first", "The parts in the wrong order.", mail(multipart("alternative", html("<p>Please help.</p>"), text("Please help."))), **WORDS)
add("mixed-two-texts", "A list's footer as a second text part.", mail(multipart("mixed", text("Please help."), text("_____\nThe list of printers"))),
    new_text_contains=["Please help."], text_contains=["The list of printers"])
add("html-alone", "HTML alone, with a list, a link and a table.", mail(html(
    '<p>Hello,</p><ul><li>one</li><li>two</li></ul><p>See <a href="https://customer.example/a">our page</a>.</p><table><tr><td>A</td><td>B</td></tr></table>')),
    new_text_contains=["Hello,", "- one", "- two", "our page <https://customer.example/a>", "A  B"])
add("html-hostile", "Script, handlers, a form and a tracking picture: the words stay, the rest goes.", mail(html(
    '<p onclick="x()">Please <b>help</b>.</p><script>alert(1)</script><form action="https://thief.example"><input name="p"></form>'
    '<img src="https://tracker.example/p.gif"><a href="javascript:alert(1)">here</a><style>p{color:red}</style>')),
    new_text_contains=["Please help."], html_contains=["<b>help</b>"], html_lacks=["script", "onclick", "tracker.example", "javascript", "<form"])
add("html-hidden-preheader", "A newsletter's hidden first line and a conditional comment.", mail(html(
    "<!--[if mso]><p>Only for Outlook</p><![endif]--><p>Please help.</p>")), **WORDS, text_lacks=["Only for Outlook"])
add("flowed", "format=flowed: soft breaks are joined, stuffed blanks go.", mail(text(
    "This is one long line that \nthe program has broken.\n From the start, a stuffed line.\n\n  indented", more="; format=flowed")),
    new_text="This is one long line that the program has broken.\nFrom the start, a stuffed line.\n\n indented")
add("flowed-delsp", "DelSp, as for languages without blanks.", mail(text("二階のプリンターが \n動きません。\n", more="; format=flowed; delsp=yes")), new_text="二階のプリンターが動きません。")
add("flowed-quotes", "Flowed quotes of two depths, with the signature's mark untouched.", mail(text(
    "> I have \n> a question.\n>> Older \n>> words.\nHere is \nthe answer.\n-- \nAnna\n", more="; format=flowed")),
    new_text_contains=["Here is the answer."], new_text_lacks=["Anna"], text_contains=["> I have a question.", ">> Older words."])

INNER = nested("The invoice is wrong.", "Invoice 17")
add("forward-attached", "A mail passed on as an attachment keeps its name and stays whole.", mail(multipart("mixed", text("Please help."), passed_on(INNER))),
    **WORDS, attachments=[attachment("Invoice 17.eml", "message/rfc822", len(INNER))])
add("forward-attached-named", "The same with a name of its own.", mail(multipart("mixed", text("Please help."), passed_on(INNER, 'Content-Disposition: attachment; filename="old.eml"'))),
    **WORDS, attachments=[attachment("old.eml", "message/rfc822", len(INNER))])
DEEP = nested("First.", "First")
for number in range(2, 5):
    DEEP = mail(multipart("mixed", text(f"Number {number}."), passed_on(DEEP), boundary=f"=_n{number}"), subject=f"Number {number}", sender="Carl <carl@shop.example>")
add("forward-four-deep", "A mail in a mail in a mail in a mail: one attachment, the outermost.", mail(multipart("mixed", text("Please help."), passed_on(DEEP), boundary="=_n5")),
    **WORDS, attachments=[attachment("Number 4.eml", "message/rfc822", len(DEEP))])
add("forward-alone", "Nothing but a mail passed on.", mail(passed_on(INNER), subject="Fwd: Invoice 17"), subject="Fwd: Invoice 17",
    attachments=[attachment("Invoice 17.eml", "message/rfc822", len(INNER))])
add("digest", "A digest of two mails.", mail(multipart("digest", Part((), INNER), Part((), nested("Second.", "Two")))),
    attachments=[attachment("Invoice 17.eml", "message/rfc822", len(INNER)), attachment("Two.eml", "message/rfc822", len(nested("Second.", "Two")))])

CALENDAR = crlf("""BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
PRODID:-//Customer//EN
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@customer.example
SUMMARY:Drucker besprechen\\, Raum
  prüfen
DTSTART;TZID=W. Europe Standard Time:20241112T140000
DTEND;TZID=W. Europe Standard Time:20241112T150000
LOCATION:2. Stock
ORGANIZER;CN=Anna Muster:mailto:anna@customer.example
DESCRIPTION:Bitte kommen.\\nDanke.
END:VEVENT
END:VCALENDAR
""").encode()
add("invitation-outlook", "An invitation beside text and HTML.", mail(multipart(
    "alternative", text("Please help."), html("<p>Please help.</p>"), file(CALENDAR, "text/calendar; charset=utf-8; method=REQUEST"))),
    **WORDS, wrappers=["invitation"], attachments=[attachment("invite.ics", "text/calendar", len(CALENDAR))])
add("invitation-google", "An invitation in the alternative and once more as a file.", mail(multipart(
    "mixed", multipart("alternative", text("Please help."), file(CALENDAR, "text/calendar; charset=utf-8; method=REQUEST"), boundary="=_alt"),
    file(CALENDAR, "application/ics; name=invite.ics", "Content-Disposition: attachment; filename=invite.ics"))),
    **WORDS, wrappers=["invitation"],
    attachments=[attachment("invite.ics", "text/calendar", len(CALENDAR)), attachment("invite.ics", "application/ics", len(CALENDAR))])
add("invitation-alone", "Nothing but an invitation: what, when and where must be readable.", mail(
    file(CALENDAR, "text/calendar; charset=utf-8; method=REQUEST; name=meeting.ics"), subject="Drucker besprechen"), subject="Drucker besprechen",
    new_text_contains=["Drucker besprechen, Raum prüfen", "2024-11-12 14:00", "2. Stock", "Bitte kommen."], wrappers=["invitation"],
    attachments=[attachment("meeting.ics", "text/calendar", len(CALENDAR))])

TNEF = b"\x78\x9f\x3e\x22" + bytes(range(100))
add("winmail", "Outlook's wrapper is named for what it is.", mail(multipart(
    "mixed", text("Please help.", "us-ascii"), file(TNEF, 'application/ms-tnef; name="winmail.dat"', 'Content-Disposition: attachment; filename="winmail.dat"'))),
    **WORDS, wrappers=["winmail"], attachments=[attachment("winmail.dat", "application/ms-tnef", 104)])
add("winmail-octet-stream", "The same under a general type.", mail(multipart(
    "mixed", text("Please help."), file(TNEF, 'application/octet-stream; name="winmail.dat"', 'Content-Disposition: attachment; filename="WINMAIL.DAT"'))),
    **WORDS, wrappers=["winmail"], attachments=[attachment("WINMAIL.DAT", "application/octet-stream", 104)])

SIGNATURE = bytes(range(120))
add("smime-signed", "An S/MIME signature beside a readable text.", mail(multipart(
    "signed", text("Please help."), file(SIGNATURE, 'application/pkcs7-signature; name="smime.p7s"', 'Content-Disposition: attachment; filename="smime.p7s"'),
    more='; protocol="application/pkcs7-signature"; micalg=sha-256')), **WORDS, wrappers=["signed"],
    attachments=[attachment("smime.p7s", "application/pkcs7-signature", 120)])
add("smime-encrypted", "An S/MIME envelope: we cannot read it, and say so.", mail(file(
    SIGNATURE, 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"', 'Content-Disposition: attachment; filename="smime.p7m"')),
    new_text="", wrappers=["encrypted"], attachments=[attachment("smime.p7m", "application/pkcs7-mime", 120)])
add("smime-opaque", "An opaque S/MIME signature.", mail(file(SIGNATURE, 'application/x-pkcs7-mime; smime-type=signed-data; name="smime.p7m"')),
    new_text="", wrappers=["signed"], attachments=[attachment("smime.p7m", "application/x-pkcs7-mime", 120)])
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA1234567890abcd\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n"
add("pgp-mime-encrypted", "PGP/MIME, encrypted.", mail(multipart(
    "encrypted", file(b"Version: 1\r\n", "application/pgp-encrypted", encoding="7bit"),
    file(ARMOUR, 'application/octet-stream; name="encrypted.asc"', 'Content-Disposition: inline; filename="encrypted.asc"', encoding="7bit"),
    more='; protocol="application/pgp-encrypted"')), new_text="", wrappers=["encrypted"],
    attachments=[attachment("version.asc", "application/pgp-encrypted", 12), attachment("encrypted.asc", "application/octet-stream", len(ARMOUR))])
add("pgp-mime-signed", "PGP/MIME, signed.", mail(multipart(
    "signed", text("Please help."), file(b"-----BEGIN PGP SIGNATURE-----\r\n", "application/pgp-signature; name=signature.asc", encoding="7bit"),
    more='; protocol="application/pgp-signature"; micalg=pgp-sha256')), **WORDS, wrappers=["signed"],
    attachments=[attachment("signature.asc", "application/pgp-signature", 31)])
add("pgp-inline-signed", "PGP in the text, signed: its armour is not what the sender wrote.", mail(text(
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nPlease help.\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n")),
    **WORDS, text_contains=["iQEzBAEBCAAdFiEE"], wrappers=["signed"])
add("pgp-inline-encrypted", "PGP in the text, encrypted.", mail(text(ARMOUR.decode().replace("\r\n", "\n"))), new_text_contains=["BEGIN PGP MESSAGE"], wrappers=["encrypted"])

add("delivery-of-contact", "A visiting card.", mail(multipart("mixed", text("Please help."), file(b"BEGIN:VCARD\r\nEND:VCARD\r\n", 'text/x-vcard; charset=utf-8; name="anna.vcf"',
    'Content-Disposition: attachment; filename="anna.vcf"'))), **WORDS, attachments=[attachment("anna.vcf", "text/x-vcard", 24)])
add("empty-attachment", "A file of no bytes.", mail(multipart("mixed", text("Please help."), file(b"", "application/pdf; name=empty.pdf"))), **WORDS,
    attachments=[attachment("empty.pdf", "application/pdf", 0)])
add("external-body", "A part that is only a pointer elsewhere is not fetched.", mail(multipart(
    "mixed", text("Please help."), Part((b'Content-Type: message/external-body; access-type=URL; URL="https://thief.example/x"',), b"Content-Type: image/png\r\n\r\n"))),
    new_text_contains=["Please help."], text_lacks=["thief.example"], attachments=[attachment("attachment", "message/external-body", 27)])
add("partial", "A piece of a mail that was cut for sending.", mail(Part((b'Content-Type: message/partial; id="x@customer.example"; number=1; total=2',), b"Subject: x\r\n\r\nPlease he")),
    attachments=[attachment("attachment", "message/partial", 23)])
add("base64-text-in-two-lines", "Base64 whose lines are not of four characters' length.", mail(Part(
    (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64"), b"UGxl\r\nYXN\r\nlIGhlbHA\r\nu\r\n")), **WORDS)
add("quoted-printable-soft-breaks", "Soft line breaks within words and characters.", mail(Part(
    (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable"), b"Gr=C3=\r\n=BC=C3=9Fe aus K=C3=B6=\r\nln=20=\r\n\r\nAnna\r\n")), new_text="Grüße aus Köln\n\nAnna")

add("related-start", "Related parts whose root comes second (RFC 2387).", mail(multipart(
    "related", Part((b"Content-Type: image/png", b"Content-ID: <p1@customer.example>", b"Content-Transfer-Encoding: base64"), b"iVBORw0KGgo=\r\n"),
    Part((b"Content-Type: text/html; charset=utf-8", b"Content-ID: <root@customer.example>"), b'<p>Please help. <img src="cid:p1@customer.example"></p>\r\n'),
    more='; type="text/html"; start="<root@customer.example>"')), new_text_contains=["Please help."], html_contains=["cid:p1@customer.example"],
    attachments=[attachment("image.png", "image/png", 8, inline=True)])
