"""Headers as they come: encoded words cut anywhere, raw bytes, folded, doubled, odd addresses, parameters in every dress."""
from corpus import Part, add, attachment, file, mail, multipart, text, word

BODY = text("Please help.")
WORDS = {"new_text": "Please help."}


def subject(name: str, about: str, raw: bytes, expected: str):
    add(f"subject-{name}", about, mail(BODY, subject=raw), subject=expected, **WORDS)


def person(name: str, about: str, raw: bytes, expected: tuple[str, str] | None, **more):
    found = {"name": expected[0], "address": expected[1]} if expected else None
    add(f"from-{name}", about, mail(BODY, sender=raw), **{"from": found}, **WORDS, **more)


subject("two-words", "Two encoded words: the blank between them is not text.", b"=?utf-8?Q?Drucker_l=C3=A4uft_?= =?utf-8?Q?wieder?=", "Drucker läuft wieder")
subject("cut-character", "A character cut in two between encoded words.", b"=?utf-8?B?UHJpbnRlciDQ?= =?utf-8?B?n9GA0LjQstC10YI=?=", "Printer Привет")
subject("word-beside-text", "An encoded word beside plain text keeps its blank.", b"Fwd: =?iso-8859-1?Q?L=F6sung?= (urgent)", "Fwd: Lösung (urgent)")
subject("word-inside-word", "An encoded word glued to text, as some programs write.", b"Re:=?utf-8?Q?_Gr=C3=BC=C3=9Fe?=", "Re: Grüße")
subject("folded", "Folded over three lines, encoded words on each.", b"=?utf-8?Q?Eins_?=\r\n =?utf-8?Q?zwei_?=\r\n =?utf-8?Q?drei?=", "Eins zwei drei")
subject("blanks-inside", "Blanks inside an encoded word, which the RFC forbids.", b"=?utf-8?Q?Printer is broken?=", "Printer is broken")
subject("raw-utf8", "Raw UTF-8 (RFC 6532).", "Der Drucker läuft nicht — bitte helfen".encode(), "Der Drucker läuft nicht — bitte helfen")
subject("raw-latin1", "Raw Windows-1252.", "Größe der Patrone".encode("cp1252"), "Größe der Patrone")
subject("raw-koi8", "Raw KOI8-R.", "Принтер не печатает".encode("koi8_r"), "Принтер не печатает")
subject("raw-1251", "Raw Windows-1251.", "Принтер не печатает".encode("cp1251"), "Принтер не печатает")
subject("language-tag", "A language behind the charset (RFC 2231, section 5).", b"=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")
subject("mixed-charsets", "Words of two charsets.", b"=?koi8-r?B?8NLJ18XU?= =?utf-8?Q?_Gr=C3=BC=C3=9Fe?=", "Привет Grüße")
subject("bad-base64", "Base64 without its padding.", b"=?utf-8?B?R3LDvMOfZQ?=", "Grüße")
subject("unknown-charset", "A charset that no one knows around plain words.", b"=?x-unheard-of?Q?Hello_there?=", "Hello there")
subject("no-end", "An encoded word without its end stays as it is.", b"=?utf-8?Q?Hello", "=?utf-8?Q?Hello")
subject("equals-signs", "Signs that only look like an encoded word.", b"2 =? 3 ?= 5", "2 =? 3 ?= 5")
subject("smuggled-field", "An encoded line break must not make a new field.", b"=?utf-8?Q?Hello=0D=0ABcc:_everyone@customer.example?=", "Hello Bcc: everyone@customer.example")
subject("direction-override", "Characters that turn the reading direction.", "Rechnung \u202efdp.exe".encode(), "Rechnung fdp.exe")
subject("nul", "A NUL in the middle.", b"Hello\x00 world", "Hello world")
subject("tabs", "Tabs and many blanks.", b"Hello\t\t   world", "Hello world")
subject("very-long", "A subject of two thousand characters.", b"long " * 400, "long " * 100)
subject("emoji", "A flag and a family, which are several code points each.", word("Danke 🇩🇪 👨‍👩‍👧").encode(), "Danke 🇩🇪 👨‍👩‍👧")
subject("empty", "An empty subject.", b"", "")
subject("gb2312-gbk", "GB2312 with a character that only GBK has.", word("朱镕基的打印机", "gb2312", "gbk").encode(), "朱镕基的打印机")
subject("iso-2022-jp", "A Japanese subject in two words, each returning to ASCII.", (word("プリンター", "iso-2022-jp") + "\r\n " + word("の問題", "iso-2022-jp")).encode(), "プリンターの問題")
subject("q-underscore", "An underscore that is meant, written as it must be.", b"=?utf-8?Q?log=5Ffile_1?=", "log_file 1")
subject("lower-case-encoding", "Lower-case letters for the encoding.", b"=?UTF-8?q?Gr=c3=bc=c3=9fe?=", "Grüße")

add("subject-missing", "No Subject at all.", mail(BODY, subject=None), subject="", **WORDS)
add("subject-twice", "Two Subject fields: the first counts.", mail(BODY, "Subject: second"), **WORDS)

person("quoted", "A name in quotation marks, with a comma.", b'"Muster, Anna" <anna@customer.example>', ("Muster, Anna", "anna@customer.example"))
person("unquoted-comma", "A name with a comma that nobody quoted.", b"Muster, Anna <anna@customer.example>", ("Muster, Anna", "anna@customer.example"))
person("encoded-name", "An encoded name.", b"=?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen@customer.example>", ("Jürgen Müller", "juergen@customer.example"))
person("encoded-in-quotes", "An encoded name within quotation marks, where none belongs.", b'"=?utf-8?B?0JDQvdC90LA=?=" <anna@customer.example>', ("Анна", "anna@customer.example"))
person("encoded-comma", "An encoded name that holds a comma.", b"=?utf-8?Q?M=C3=BCller=2C_J=C3=BCrgen?= <juergen@customer.example>", ("Müller, Jürgen", "juergen@customer.example"))
person("raw-1251", "A raw name in Windows-1251.", "Анна Иванова".encode("cp1251") + b" <anna@customer.example>", ("Анна Иванова", "anna@customer.example"))
person("international", "An address beyond ASCII (RFC 6532).", "Юрий <почта@пример.example>".encode(), ("Юрий", "почта@пример.example"))
person("comment-name", "The name as a comment, as in 1985.", b"anna@customer.example (Anna Muster)", ("Anna Muster", "anna@customer.example"))
person("bare", "An address alone.", b"anna@customer.example", ("", "anna@customer.example"))
person("bare-brackets", "An address in brackets alone.", b"<anna@customer.example>", ("", "anna@customer.example"))
person("no-space", "No blank before the bracket.", b'"Anna"<anna@customer.example>', ("Anna", "anna@customer.example"))
person("address-as-name", "The address once more as the name.", b'"anna@customer.example" <anna@customer.example>', ("anna@customer.example", "anna@customer.example"))
person("other-address-as-name", "Another's address as the name: the true one counts.", b'"boss@company.example" <thief@customer.example>', ("boss@company.example", "thief@customer.example"))
person("two-authors", "Two authors: the first counts.", b"Anna <anna@customer.example>, Bert <bert@customer.example>", ("Anna", "anna@customer.example"))
person("route", "A source route, long forbidden.", b"<@relay.example:anna@customer.example>", ("", "anna@customer.example"))
person("upper-case", "Upper case stays as it was written.", b"Anna.Muster@Customer.Example", ("", "Anna.Muster@Customer.Example"))
person("quoted-local-part", "A quoted local part.", b'"anna muster"@customer.example', ("", '"anna muster"@customer.example'))
person("group", "An empty group instead of an author.", b"undisclosed-recipients:;", None)
person("no-address", "A name without any address.", b"Anna Muster", None)
person("folded", "A folded name.", b"Anna\r\n\tMuster\r\n <anna@customer.example>", ("Anna Muster", "anna@customer.example"))
person("line-break-in-name", "An encoded line break in the name.", b"=?utf-8?Q?Anna=0D=0ABcc:_x?= <anna@customer.example>", ("Anna Bcc: x", "anna@customer.example"))
add("from-missing", "No From at all: the mail is still read.", mail(BODY, sender=""), **{"from": None}, **WORDS)
add("from-missing-sender-there", "No From, but a Sender.", mail(BODY, "Sender: Bert <bert@customer.example>", sender=""), **{"from": None}, **WORDS)

add("recipients", "A group, a comment and a name with a comma among the recipients.", mail(
    BODY, b'Cc: Team: "Muster, Bert" <bert@customer.example>, carl@customer.example (Carl);, dora@customer.example',
    "Reply-To: =?utf-8?Q?J=C3=BCrgen?= <juergen@customer.example>"),
    cc=[{"name": "Muster, Bert", "address": "bert@customer.example"}, {"name": "Carl", "address": "carl@customer.example"},
        {"name": "", "address": "dora@customer.example"}],
    reply_to=[{"name": "Jürgen", "address": "juergen@customer.example"}], to=[{"name": "Firstline Support", "address": "support@desk.example"}], **WORDS)
add("recipients-semicolons", "Outlook's semicolons between addresses.", mail(BODY, "Cc: bert@customer.example; carl@customer.example"),
    cc=[{"name": "", "address": "bert@customer.example"}, {"name": "", "address": "carl@customer.example"}], **WORDS)
add("references", "References folded, with a comment and one id twice.", mail(
    BODY, "In-Reply-To: <2@desk.example> (your message of yesterday)", "References: <1@customer.example>\r\n <2@desk.example>\r\n\t<2@desk.example>"),
    in_reply_to=["2@desk.example"], references=["1@customer.example", "2@desk.example"], message_id="20241105.1@customer.example", **WORDS)
add("references-glued", "Ids without blanks between them, and one without brackets behind.", mail(
    BODY, "References: <1@customer.example><2@desk.example>"), references=["1@customer.example", "2@desk.example"], **WORDS)
add("message-id-odd", "A Message-ID with blanks inside its brackets.", mail(BODY, mime=True).replace(
    b"<20241105.1@customer.example>", b"< odd id@customer.example >"), message_id="odd id@customer.example", **WORDS)
add("date-odd", "A date without weekday and seconds, in an old zone's name.", mail(BODY).replace(
    b"Tue, 05 Nov 2024 10:02:11 +0100", b"5 Nov 24 10:02 EST"), date_ms=1730818920000, **WORDS)
add("date-usual", "A date as usual, with a comment.", mail(BODY).replace(b"+0100", b"+0100 (CET)"), date_ms=1730797331000, **WORDS)
add("date-nonsense", "A date that is none.", mail(BODY).replace(b"Tue, 05 Nov 2024 10:02:11 +0100", b"yesterday evening"), **WORDS)
add("language", "A language that the sender's program names.", mail(text("Dzień dobry"), "Content-Language: pl-PL"), language="pl-PL", new_text="Dzień dobry")
add("field-names-odd", "Upper case, and a blank before the colon.", mail(BODY).replace(b"Subject: ", b"SUBJECT : "), **WORDS)
add("content-type-upper", "Everything of Content-Type in upper case.", mail(BODY).replace(
    b"Content-Type: text/plain; charset=utf-8", b"CONTENT-TYPE: TEXT/PLAIN; CHARSET=UTF-8"), **WORDS)
add("mime-version-missing", "No MIME-Version, but all the rest of MIME.", mail(multipart("mixed", text("Please help."), file(b"1", "text/csv; name=a.csv")), mime=False),
    attachments=[attachment("a.csv", "text/csv", 1)], **WORDS)

ONE = b"0123456789"


def named(name: str, about: str, content_type: str, disposition: str | bytes, expected: str, kind: str = "application/pdf"):
    add(f"filename-{name}", about, mail(multipart("mixed", text("Please help."), file(ONE, content_type, disposition))),
        attachments=[attachment(expected, kind, 10)], **WORDS)


named("plain", "A plain name.", "application/pdf", 'Content-Disposition: attachment; filename="invoice.pdf"', "invoice.pdf")
named("only-in-type", "Only Content-Type names it.", 'application/pdf; name="invoice.pdf"', "Content-Disposition: attachment", "invoice.pdf")
named("extended", "RFC 2231, one piece.", "application/pdf", "Content-Disposition: attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf", "Rechnung März.pdf")
named("continued", "RFC 2231, three pieces, the middle one not encoded.", "application/pdf",
      "Content-Disposition: attachment;\r\n filename*0*=utf-8''%D0%A1%D1%87;\r\n filename*1=\"et \";\r\n filename*2*=%D0%A2.pdf", "Счet Т.pdf")
named("continued-backwards", "RFC 2231's pieces in the wrong order.", "application/pdf",
      "Content-Disposition: attachment;\r\n filename*1=\"two.pdf\";\r\n filename*0=\"one-\"", "one-two.pdf")
named("encoded-word", "An encoded word, as Outlook and Gmail write it.", "application/pdf", f'Content-Disposition: attachment; filename="{word("Счёт.pdf")}"', "Счёт.pdf")
named("encoded-word-folded", "A long name in two encoded words over a fold.", "application/pdf",
      f'Content-Disposition: attachment;\r\n filename="{word("Очень длинное имя ")}\r\n {word("файла.pdf")}"', "Очень длинное имя файла.pdf")
named("raw-utf8", "A raw name in UTF-8.", "application/pdf", 'Content-Disposition: attachment; filename="Rechnung März.pdf"', "Rechnung März.pdf")
named("raw-1251", "A raw name in Windows-1251.", "application/pdf", b'Content-Disposition: attachment; filename="' + "Счёт за март.pdf".encode("cp1251") + b'"', "Счёт за март.pdf")
named("both", "A plain and an extended name: the extended one is meant.", "application/pdf",
      "Content-Disposition: attachment; filename=\"Rechnung.pdf\"; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf", "Rechnung März.pdf")
named("unquoted-blanks", "A name with blanks that nobody quoted.", "application/pdf", "Content-Disposition: attachment; filename=my invoice 5.pdf", "my invoice 5.pdf")
named("path", "A path in the name.", "application/pdf", 'Content-Disposition: attachment; filename="C:\\\\Users\\\\anna\\\\invoice.pdf"', "invoice.pdf")
named("climbing", "A name that climbs out of its folder.", "application/pdf", 'Content-Disposition: attachment; filename="../../etc/invoice.pdf"', "invoice.pdf")
named("direction", "A name that only looks like a picture's.", "application/pdf", 'Content-Disposition: attachment; filename="invoice\u202egnp.exe"', "invoicegnp.exe")
named("zero-width", "A zero-width blank in the ending.", "application/pdf", 'Content-Disposition: attachment; filename="invoice.pd\u200bf"', "invoice.pdf")
named("quotation-marks", "An escaped quotation mark in the name.", "application/pdf", 'Content-Disposition: attachment; filename="a \\"b\\".pdf"', "a _b_.pdf")
named("missing", "No name anywhere.", "application/pdf", "Content-Disposition: attachment", "attachment.pdf")
named("charset-in-type", "A charset parameter beside the name is no matter.", 'text/csv; charset=utf-8; name="list.csv"', 'Content-Disposition: attachment; filename="list.csv"', "list.csv", "text/csv")

person("two-dots", "Two dots in a row, as Japanese phones allow.", b"anna..m@customer.example", ("", "anna..m@customer.example"))
person("dot-at-end", "A dot before the at sign.", b"Anna <anna.@customer.example>", ("Anna", "anna.@customer.example"))
person("no-brackets", "A name and an address without brackets.", b"Anna Muster anna@customer.example", ("Anna Muster", "anna@customer.example"))
person("square-brackets", "An address in square brackets.", b"Anna [mailto:anna@customer.example]", ("Anna", "anna@customer.example"))
person("bracket-name", "A name in square brackets.", b"[Sales] <anna@customer.example>", ("Sales", "anna@customer.example"))
person("whole-in-word", "Name and address together in one encoded word.", b"=?utf-8?Q?Anna_=3Canna=40customer.example=3E?=", ("Anna", "anna@customer.example"))
person("comment-open", "A comment that is not closed.", b"Anna <anna@customer.example> (at work", ("Anna at work", "anna@customer.example"))
add("date-twelve-hours", "A date on twelve hours.", mail(Part((b"Date: Tue 05 Nov 2024 06:09:22 PM EST", *BODY.header), BODY.body)).replace(
    b"Date: Tue, 05 Nov 2024 10:02:11 +0100\r\n", b""), date_ms=1730848162000, **WORDS)
add("filename-two-padded-words", "A file name in two encoded words, the first with padding.", mail(multipart("mixed", BODY, file(
    b"%PDF", "application/pdf", ('Content-Disposition: attachment;\r\n filename="' + word("Größe 2024.1") + "\r\n " + word("1 Prüfung.pdf") + '"').encode()))),
    attachments=[attachment("Größe 2024.11 Prüfung.pdf", "application/pdf", 4)], **WORDS)
