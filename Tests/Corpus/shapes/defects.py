"""What is broken in mail, and what is too much of it: read as far as it goes, quarantined where it cannot be trusted, never in the way."""
from corpus import Part, add, attachment, file, html, mail, multipart, text

WORDS = {"new_text": "Please help."}
HEAD = b"From: Anna Muster <anna@customer.example>\r\nTo: support@desk.example\r\nSubject: Re: Printer on the second floor\r\n"
NOBODY = {"from": None, "subject": ""}


def raw_multipart(body: bytes, kind: bytes = b'multipart/mixed; boundary="b"') -> bytes:
    return HEAD + b"MIME-Version: 1.0\r\nContent-Type: " + kind + b"\r\n\r\n" + body


PLAIN = b"Content-Type: text/plain\r\n\r\nPlease help.\r\n"
CSV = b"Content-Type: text/csv; name=a.csv\r\n\r\na;b\r\n"
TWO = [attachment("a.csv", "text/csv", 3)]

add("defect-empty", "No byte at all.", b"", **NOBODY, new_text="", quarantine="empty")
add("defect-blank-lines", "Line ends alone.", b"\r\n\r\n\r\n", **NOBODY, new_text="", quarantine="empty")
add("defect-headerless", "No header: somebody piped a text.", b"\r\nThe printer on the second floor is broken.\r\nPlease help.\r\n", **NOBODY, new_text_contains=["Please help."], quarantine="unreadable")
add("defect-headerless-no-blank", "No header and no blank line before the words.", b"The printer is broken\r\nPlease help.\r\n", **NOBODY, new_text_contains=["Please help."], quarantine="unreadable")
add("defect-header-only", "A header without a blank line behind it.", HEAD, new_text="")
add("defect-empty-body", "A header and nothing else: the subject says it all.", HEAD + b"\r\n", new_text="")
add("defect-binary", "Bytes of no sense.", bytes(range(256)).replace(b"\n", b"").replace(b":", b"") * 4, **NOBODY, quarantine="unreadable")
add("defect-mbox-line", "An mbox line before the header.", b"From anna@customer.example Tue Nov  5 10:02:11 2024\r\n" + HEAD + b"\r\nPlease help.\r\n", **WORDS)
add("defect-quoted-mbox-line", "A mail whose mbox line was quoted by a careless program.", b">From anna@customer.example Tue Nov  5 10:02:11 2024\r\n" + HEAD + b"\r\nPlease help.\r\n", **WORDS)
add("defect-torn-header", "A header line without a colon, torn off the field above.", HEAD.replace(b"Printer on the", b"Printer on\r\nthe") + b"\r\nPlease help.\r\n", **WORDS)
add("defect-bare-lf", "Line feeds alone.", (HEAD + b"\r\nPlease help.\r\nNow.\r\n").replace(b"\r\n", b"\n"), new_text="Please help.\nNow.")
add("defect-bare-cr", "Carriage returns alone in the body, as an old Mac writes.", HEAD + b"\r\nPlease help.\rNow.\r", new_text="Please help.\nNow.")
add("defect-bare-cr-header", "Carriage returns alone everywhere.", (HEAD + b"\r\nPlease help.\r\nNow.\r\n").replace(b"\r\n", b"\r"), new_text="Please help.\nNow.")
add("defect-mixed-ends", "All three line ends in one mail.", HEAD.replace(b"\r\nTo", b"\nTo") + b"\nPlease help.\r\nNow.\rAgain.\n", new_text="Please help.\nNow.\nAgain.")
add("defect-double-cr", "A gateway doubled the carriage returns.", (HEAD + b"\r\nPlease help.\r\nNow.\r\n").replace(b"\r\n", b"\r\r\n"), new_text="Please help.\nNow.")
add("defect-nul", "NULs in header and body.", HEAD.replace(b"Anna Muster", b"Anna\0 Muster") + b"\r\nPlease\0 help.\r\n", new_text="Please help.")
add("defect-long-line", "One line of a hundred thousand characters.", HEAD + b"\r\nPlease help. " + b"word " * 20_000 + b"\r\n", new_text_contains=["Please help. word word"])
add("defect-control-characters", "Bells, escapes and backspaces.", HEAD + b"\r\nPlease\x07 \x1b[31mhelp\x1b[0m.\x08\r\n", new_text="Please [31mhelp[0m.")

add("defect-no-final-boundary", "The last boundary is missing.", raw_multipart(b"--b\r\n" + PLAIN + b"--b\r\n" + CSV), **WORDS, attachments=[attachment("a.csv", "text/csv", 5)])
add("defect-cut-in-base64", "The mail ends inside an attachment.", raw_multipart(
    b"--b\r\n" + PLAIN + b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nMDEyMzQ1Njc4OTAx"), **WORDS,
    attachments=[attachment("a.pdf", "application/pdf", 12)])
add("defect-same-boundary-inside", "Outer and inner part with one boundary.", raw_multipart(
    b'--b\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n' + PLAIN + b"--b--\r\n--b\r\n" + CSV + b"--b--\r\n"), new_text_contains=["Please help."], attachments=TWO)
add("defect-boundary-prefix", "The inner boundary begins with the outer one.", raw_multipart(
    b'--b\r\nContent-Type: multipart/alternative; boundary="b1"\r\n\r\n--b1\r\n' + PLAIN + b"--b1--\r\n--b\r\n" + CSV + b"--b--\r\n"), **WORDS, attachments=TWO)
add("defect-inner-not-ended", "The inner part is not ended before the outer one goes on.", raw_multipart(
    b'--b\r\nContent-Type: multipart/alternative; boundary="i"\r\n\r\n--i\r\n' + PLAIN + b"--b\r\n" + CSV + b"--b--\r\n"), **WORDS, attachments=TWO)
add("defect-boundary-missing", "A multipart that names no boundary: all of it is shown.", raw_multipart(b"--b\r\n" + PLAIN + b"--b--\r\n", b"multipart/mixed"), new_text_contains=["Please help."])
add("defect-boundary-unused", "A boundary that never comes.", raw_multipart(b"Please help.\r\n"), **WORDS)
add("defect-boundary-blank-behind", "Blanks behind a boundary.", raw_multipart(b"--b  \r\n" + PLAIN + b"--b--  \r\n"), **WORDS)
add("defect-boundary-unquoted", "A boundary with characters that should have been quoted.", raw_multipart(b"--a=_b/c:1\r\n" + PLAIN + b"--a=_b/c:1--\r\n", b"multipart/mixed; boundary=a=_b/c:1"), **WORDS)
add("defect-boundary-twice", "The boundary is named twice: the parts stand with the first.", raw_multipart(b"--b\r\n" + PLAIN + b"--b--\r\n", b'multipart/mixed; boundary="b"; boundary="c"'), **WORDS)
add("defect-boundary-folded", "The boundary parameter stands on the next line.", raw_multipart(b"--b\r\n" + PLAIN + b"--b--\r\n", b'multipart/mixed;\r\n\tboundary="b"'), **WORDS)
add("defect-no-parts", "A multipart of no parts.", raw_multipart(b"--b--\r\n"), new_text="")
add("defect-empty-part", "An empty part before the text.", raw_multipart(b"--b\r\n\r\n--b\r\n" + PLAIN + b"--b--\r\n"), **WORDS)
add("defect-part-without-blank", "A part whose header runs into its text.", raw_multipart(b"--b\r\nPlease help.\r\n--b--\r\n"), new_text_contains=["Please help."])
add("defect-text-after-end", "Words behind the last boundary are no part of the mail.", mail(multipart("mixed", text("Please help."), epilogue=b"This is behind the end.\r\n")), **WORDS, text_lacks=["behind the end"])
add("defect-text-before-start", "Words before the first boundary are none either.", mail(multipart("mixed", text("Please help."), preamble=b"This is a multi-part message in MIME format.\r\n")), **WORDS, text_lacks=["multi-part"])
add("defect-bare-lf-multipart", "A multipart with line feeds alone.", raw_multipart(b"--b\r\n" + PLAIN + b"--b\r\n" + CSV + b"--b--\r\n").replace(b"\r\n", b"\n"), **WORDS, attachments=TWO)

add("defect-type-one-word", "A content type of one word.", mail(Part((b"Content-Type: text",), b"Please help.\r\n")), **WORDS)
add("defect-type-nonsense", "A content type that is none.", mail(Part((b"Content-Type: ????",), b"Please help.\r\n")), **WORDS)
add("defect-type-empty", "An empty content type.", mail(Part((b"Content-Type:",), b"Please help.\r\n")), **WORDS)
add("defect-type-unknown", "A type that nobody knows is a file.", mail(Part((b"Content-Type: x-thing/y-part; name=a.thing",), b"12345")), new_text="", attachments=[attachment("a.thing", "x-thing/y-part", 5)])
add("defect-type-twice", "Two content types: the first counts.", mail(Part((b"Content-Type: text/plain", b"Content-Type: text/html"), b"Please help. <b>\r\n")), new_text="Please help. <b>")
add("defect-encoding-unknown", "A transfer encoding that is none.", mail(Part((b"Content-Type: text/plain", b"Content-Transfer-Encoding: 8-bit"), b"Please help.\r\n")), **WORDS)
add("defect-encoding-upper", "A transfer encoding in upper case, with a comment.", mail(Part((b"Content-Type: text/plain", b"Content-Transfer-Encoding: BASE64 (yes)"), b"UGxlYXNlIGhlbHAu\r\n")), **WORDS)
add("defect-base64-not", "Labelled Base64, but plain.", mail(Part((b"Content-Type: text/plain", b"Content-Transfer-Encoding: base64"), b"Please help. The printer -- is *broken*!\r\n")), new_text_contains=["Please help. The printer -- is *broken*!"])
add("defect-base64-garbage", "Base64 with stray characters and a footer that a list put below.", mail(Part(
    (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64"), b"UGxl*YXNl\r\nIGhl-bHAu\r\n")), **WORDS)
add("defect-quoted-printable-broken", "Signs that are no codes, lower-case codes, an equals sign at the end.", mail(Part(
    (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable"), b"100 =% sure, gr=c3=bc=c3=9fe =ZZ a=b=")), new_text_contains=["100 =% sure, grüße =ZZ a"])
add("defect-multipart-base64", "A multipart that claims to be Base64.", mail(multipart("mixed", text("Please help.")), "Content-Transfer-Encoding: base64"), **WORDS)
INNER = mail(text("The invoice is wrong."), subject="Invoice 17", sender="Carl <carl@shop.example>")
add("defect-mail-in-base64", "A mail passed on in Base64, which is forbidden and common.", mail(multipart("mixed", text("Please help."), file(INNER, "message/rfc822"))), **WORDS,
    attachments=[attachment("Invoice 17.eml", "message/rfc822", len(INNER))])
add("defect-nested-mail-broken", "A nested mail that is none.", mail(multipart("mixed", text("Please help."), Part((b"Content-Type: message/rfc822; name=old.eml",), b"\r\n"))), **WORDS,
    attachments=[attachment("old.eml", "message/rfc822", 2)])
add("defect-html-unclosed", "HTML cut in the middle of a tag.", mail(html('<html><body><p>Please help.</p><p>Now <a href="https://customer.exam')), new_text_contains=["Please help.", "Now"])
add("defect-html-in-plain", "HTML labelled as plain text is shown as it is.", mail(text("<p>Please help.</p>")), new_text="<p>Please help.</p>")
add("defect-html-word-rubbish", "Word's style sheet in the text.", mail(html("<style>\n<!--\n@font-face {font-family:Calibri;}\n-->\n</style><o:p></o:p><p class=MsoNormal>Please help.<o:p></o:p></p>")), **WORDS)
add("defect-alternative-one", "An alternative of one.", mail(multipart("alternative", html("<p>Please help.</p>"))), **WORDS)
add("defect-uuencode", "A file in the text in the way of 1985 stays readable as text.", mail(text("Please help.\n\nbegin 644 a.txt\n#0V%T\n`\nend\n")), new_text_contains=["Please help.", "begin 644 a.txt"])

add("limit-headers", "Two thousand fields.", HEAD + b"".join(b"X-Field-%d: x\r\n" % number for number in range(2_000)) + b"\r\nPlease help.\r\n", **WORDS, quarantine="too_many_headers")
add("limit-header-value", "A field of three hundred thousand bytes does not harm the others.", HEAD + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\nPlease help.\r\n", **WORDS)
add("limit-recipients", "Three thousand recipients.", HEAD + b"Cc: " + b",\r\n ".join(b"r%d@customer.example" % number for number in range(3_000)) + b"\r\n\r\nPlease help.\r\n", **WORDS)
add("limit-references", "A thousand References: the first and the newest count.", HEAD + b"References: " + b"\r\n ".join(b"<%d@customer.example>" % number for number in range(1_000)) + b"\r\n\r\nPlease help.\r\n",
    **WORDS, references=["0@customer.example", *(f"{number}@customer.example" for number in range(901, 1_000))])
add("limit-parts", "Twelve hundred parts.", raw_multipart((b"--b\r\n" + PLAIN) * 1_200 + b"--b--\r\n"), new_text_contains=["Please help."], quarantine="too_many_parts")
DEEP = b"Please help.\r\n"
for number in range(30):
    DEEP = b"Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n" % (number, number) + (DEEP if number else b"\r\n" + DEEP) + b"--d%d--\r\n" % number
add("limit-depth", "Thirty parts within each other.", HEAD + b"MIME-Version: 1.0\r\n" + DEEP, quarantine="too_deep")
add("limit-attachments", "Two hundred and fifty attachments.", raw_multipart(b"--b\r\n" + PLAIN + (b"--b\r\n" + CSV) * 250 + b"--b--\r\n"), **WORDS, quarantine="too_many_attachments", attachments=TWO * 200)

add("defect-header-without-blank", "The blank line below the header is lost, and the first part begins at once.", HEAD
    + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n \r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease help.\r\n--b--\r\n', **WORDS)
