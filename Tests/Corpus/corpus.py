"""The words in which the messages of the corpus are written: parts, headers, and what a careful reader expects of the whole."""
import base64
import dataclasses
import quopri

SUBJECT = "Re: Printer on the second floor"
SENDER = ("Anna Muster", "anna@customer.example")


@dataclasses.dataclass(frozen=True)
class Part:
    """A MIME part: header lines without their ends, and a body as it stands on the wire."""
    header: tuple[bytes, ...]
    body: bytes

    @property
    def bytes(self) -> bytes:
        return b"".join(line + b"\r\n" for line in self.header) + b"\r\n" + self.body


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    raw: bytes
    expected: dict


CASES: list[Case] = []


def crlf(words: str) -> str:
    return words.replace("\n", "\r\n")


def transferred(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        lines = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return content


def text(words: str, charset: str | None = "utf-8", encoding: str = "8bit", *, subtype: str = "plain", more: str = "", codec: str = "") -> Part:
    """A text part. `codec` is Python's name for what the bytes truly are, where the label says otherwise."""
    label = f"; charset={charset}" if charset else ""
    content = crlf(words + ("\n" if not words.endswith("\n") else "")).encode(codec or charset or "ascii")
    return Part((f"Content-Type: text/{subtype}{label}{more}".encode(), f"Content-Transfer-Encoding: {encoding}".encode()), transferred(content, encoding))


def html(words: str, charset: str = "utf-8", encoding: str = "quoted-printable", *, codec: str = "") -> Part:
    return text(words, charset, encoding, subtype="html", codec=codec)


def file(content: bytes, content_type: str, *lines: str | bytes, encoding: str = "base64") -> Part:
    """A part that is a file; `lines` are its further header lines, written out."""
    header = [f"Content-Type: {content_type}".encode(), f"Content-Transfer-Encoding: {encoding}".encode()]
    return Part(tuple(header + [encoded(line) for line in lines]), transferred(content, encoding))


def encoded(line: str | bytes) -> bytes:
    return line if isinstance(line, bytes) else line.encode()


def multipart(subtype: str, *parts: Part, boundary: str = "=_b1", more: str = "", preamble: bytes = b"", epilogue: bytes = b"") -> Part:
    mark = b"--" + boundary.encode()
    body = preamble + b"".join(mark + b"\r\n" + part.bytes + b"\r\n" for part in parts) + mark + b"--\r\n" + epilogue
    return Part((f'Content-Type: multipart/{subtype}; boundary="{boundary}"{more}'.encode(),), body)


def alternative(plain: str, rich: str, boundary: str = "=_alt") -> Part:
    return multipart("alternative", text(plain), html(rich), boundary=boundary)


def word(words: str, charset: str = "utf-8", codec: str = "") -> str:
    """An encoded word (RFC 2047), in Base64. `codec` as for `text`."""
    return f"=?{charset}?B?{base64.b64encode(words.encode(codec or charset)).decode()}?="


def readable(words: str) -> str:
    return words if words.isascii() else word(words)


def mail(part: Part, *lines: str | bytes, subject: str | bytes | None = SUBJECT, sender: str | bytes | None = None, mime: bool = True) -> bytes:
    """A whole message. `lines` come after the usual header; `subject` and `sender` may be given as raw bytes, or left out with None or ""."""
    name, address = SENDER
    header: list[bytes] = []
    if sender != "":
        header.append(b"From: " + (f"{name} <{address}>".encode() if sender is None else encoded(sender)))
    header += [b"To: Firstline Support <support@desk.example>", b"Date: Tue, 05 Nov 2024 10:02:11 +0100"]
    if subject is not None:
        header.append(b"Subject: " + (subject if isinstance(subject, bytes) else readable(subject).encode()))
    header.append(b"Message-ID: <20241105.1@customer.example>")
    header += [encoded(line) for line in lines]
    if mime:
        header.append(b"MIME-Version: 1.0")
    return Part(tuple(header) + part.header, part.body).bytes


def attachment(filename: str, content_type: str, size: int, inline: bool = False) -> dict:
    return {"filename": filename, "content_type": content_type, "size": size, "inline": inline}


def add(name: str, about: str, raw: bytes, **expected):
    """Puts one message into the corpus. What is not said is what an ordinary mail has: see `USUAL`."""
    assert all(case.name != name for case in CASES), name
    unknown = expected.keys() - USUAL.keys()
    assert not unknown, f"{name}: {unknown}"
    CASES.append(Case(name, raw, {"about": about, **USUAL, **expected}))


#: What is expected of a message of which nothing else is said. None is "not looked at", except for `quarantine`, `automatic` and `bounce`.
USUAL = {
    "subject": SUBJECT,
    "from": {"name": SENDER[0], "address": SENDER[1]},
    # The new words, blank lines aside.
    "new_text": None,
    "new_text_contains": [],
    "new_text_lacks": [],
    # What must be in the full text, and what must not.
    "text_contains": [],
    "text_lacks": [],
    "html_contains": [],
    "html_lacks": [],
    "attachments": [],
    # AutomaticKind, or nothing for a person's mail.
    "automatic": None,
    # Of a bounce: the failed recipients, the action, the status, the Message-ID of what came back.
    "bounce": None,
    # MailWrapper: encrypted, signed, invitation, winmail.
    "wrappers": [],
    "quarantine": None,
    # A filter before us called it spam.
    "spam": False,
    "message_id": None,
    "in_reply_to": None,
    "references": None,
    "reply_to": None,
    "to": None,
    "cc": None,
    "date_ms": None,
    "language": None,
    # The envelope's return path; nothing for unknown.
    "envelope_from": None,
}
