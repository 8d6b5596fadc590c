"""Writes the fuzzers' first inputs: real frames and messages, as a client of the protocol makes them, and mail of every shape. `seed.py [FOLDER]`, needs protobuf."""
import email
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Client"))

import firstline_client as rpc  # noqa: E402
from examples import examples  # noqa: E402
from google.protobuf.descriptor import FieldDescriptor  # noqa: E402
from schema import ROOT, current  # noqa: E402

VALUES = {
    FieldDescriptor.CPPTYPE_INT32: 3, FieldDescriptor.CPPTYPE_INT64: 1 << 40, FieldDescriptor.CPPTYPE_UINT32: 7,
    FieldDescriptor.CPPTYPE_UINT64: 1 << 50, FieldDescriptor.CPPTYPE_DOUBLE: 0.5, FieldDescriptor.CPPTYPE_FLOAT: 0.5,
    FieldDescriptor.CPPTYPE_BOOL: True, FieldDescriptor.CPPTYPE_ENUM: 1,
}


def filled(message):
    """Every field set, lists with two elements."""
    for field in message.DESCRIPTOR.fields:
        is_list = field.is_repeated if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED
        if field.message_type:
            parts = [getattr(message, field.name).add() for _ in range(2)] if is_list else [getattr(message, field.name)]
            for part in parts:
                part.SetInParent()
                filled(part)
            continue
        value = VALUES.get(field.cpp_type)
        if value is None:
            value = "Zoë" if field.type == FieldDescriptor.TYPE_STRING else b"\x00\xff"
        if is_list:
            getattr(message, field.name).extend([value, value])
        else:
            setattr(message, field.name, value)
    return message


def messages() -> dict[str, bytes]:
    """Each message of the schema in the order in which the target numbers them, and some that are wide or deep on purpose."""
    schema = current()
    listed = re.search(r"messages: \[any WireMessage.Type\] = \[\n(.*?)\n    \]", (ROOT / "Shared/Wire/Generated/WireSchema.swift").read_text(), re.DOTALL)
    names = re.findall(r"(\w+)\.self", listed[1])
    protobuf = {found.replace("_", ""): found for found in names}
    seeds = {}
    for index, name in enumerate(names):
        message = getattr(schema, protobuf[name])()
        seeds[name] = bytes([index]) + filled(message).SerializeToString()
    ticket = bytes([names.index("Ticket")])
    seeds["unknown-groups"] = ticket + b"\xf3\x3f" * 200 + b"\xf4\x3f" * 200
    seeds["many-unknown"] = ticket + b"\xf8\x3f\x01" * 600
    seeds["longest-varint"] = ticket + b"\x08" + b"\xff" * 9 + b"\x01"
    seeds["overlong-varint"] = ticket + b"\x08" + b"\xff" * 20
    seeds["length-bomb"] = ticket + b"\x12\xff\xff\xff\xff\x0f"
    seeds["nested-empty"] = bytes([names.index("ListTicketsResponse")]) + b"\x0a\x00" * 1000
    return seeds


def script(*parts: bytes) -> bytes:
    """Pieces of at most 239 bytes with their lengths, as the connections' targets take them; a part of one byte above is a step."""
    out = b""
    for part in parts:
        if len(part) <= 2 and part[0] >= 0xF0:
            out += part
            continue
        for start in range(0, len(part), 0xEF):
            piece = part[start:start + 0xEF]
            out += bytes([len(piece)]) + piece
    return out


def request(slot: int, generation: int = 1, timeout: float | None = 1, body: bytes = b"body") -> bytes:
    return rpc.frame(rpc.REQUEST, generation << 16 | slot, rpc.request_head("a.B/C", {"idempotency-key": "k"}, timeout), body, rpc.END)


def server() -> dict[str, bytes]:
    hello, credit = rpc.hello(rpc.DEFAULTS), rpc.frame(rpc.CREDIT, 1 << 16 | 1, body=struct.pack(">I", 100))
    cancel, ping = rpc.frame(rpc.CANCEL, 1 << 16 | 1), rpc.frame(rpc.PING, body=bytes(8))
    goaway = rpc.frame(rpc.GOAWAY, body=b"\0\0\0")
    return {
        "call": script(hello, request(1), b"\xf0\0"), "calls": script(hello, *[request(slot) for slot in range(1, 6)], b"\xf0\2", b"\xf0\0"),
        "cancel": script(hello, request(1), cancel, b"\xf0\0", request(1, 2), b"\xf0\0"), "deadline": script(hello, request(1), b"\xf3\xff", b"\xf0\0"),
        "drain": script(hello, request(1), b"\xf4", request(2), b"\xf0\0"), "credit": script(hello, request(1), credit, ping, b"\xf5"),
        "too-long": script(hello, request(1, body=bytes(200)), request(2, body=bytes(70)), ping), "in-use": script(hello, request(1), request(1, 2)),
        "goaway": script(hello, request(1), goaway, request(2), b"\xf0\0"), "rapid-reset": script(
            hello, *[request(1, number) + rpc.frame(rpc.CANCEL, number << 16 | 1) for number in range(1, 8)]),
        "early-drain": script(b"\xf4", hello, request(1)), "closed": script(hello, request(1), b"\xf6", request(2), b"\xf0\0"),
        **{f"example-{number}": script(hello, data) for number, data in enumerate(examples().values())},
    }


def client() -> dict[str, bytes]:
    hello, stream = rpc.hello(rpc.DEFAULTS), 1 << 16 | 1
    response, message = (rpc.frame(kind, stream, body=b"body") for kind in (rpc.RESPONSE, rpc.MESSAGE))
    status = rpc.frame(rpc.STATUS, stream, bytes([5]) + rpc.text("no"), b"", rpc.END)
    return {
        "unary": script(hello, b"\xf0", response), "stream": script(hello, b"\xf0", message, message, status), "late": script(hello, b"\xf0", b"\xf4\0", response, b"\xf0"),
        "full": script(hello, *[b"\xf0"] * 6, b"\xf4\2", b"\xf0"), "too-long": script(hello, b"\xf0", rpc.frame(rpc.MESSAGE, stream, body=bytes(80))),
        "longer": script(hello, b"\xf0", rpc.frame(rpc.RESPONSE, stream, body=bytes(200)), b"\xf0"), "drain": script(hello, b"\xf0", rpc.frame(rpc.GOAWAY, body=b"\0\0\0"), response),
        "lost": script(hello, b"\xf0", rpc.frame(rpc.GOAWAY, body=b"\1\0\2no")), "own-drain": script(hello, b"\xf0", b"\xf6", response),
        "few-streams": script(rpc.hello({rpc.MAX_STREAMS: 1}), b"\xf0", b"\xf0", response, b"\xf0"),
        **{f"example-{number}": script(hello, b"\xf0", data) for number, data in enumerate(examples().values())},
    }


def lmtp() -> dict[str, bytes]:
    hello, mail, data = b"LHLO a\r\n", b"MAIL FROM:<a@b> SIZE=9 BODY=8BITMIME\r\n", b"DATA\r\nSubject: x\r\n\r\n..x\r\n.\r\n"
    to = [b"RCPT TO:<%s@d>\r\n" % name for name in (b"a", b"b", b"c", b"d")]
    talks = {
        "mail": hello + mail + to[0] + data + b"QUIT\r\n", "two": hello + mail + to[0] + to[1] + data + mail + to[0] + data,
        "many": hello + mail + b"".join(to) + data, "order": data + hello + to[0] + mail + b"RSET\r\n" + data, "noop": hello + b"NOOP\r\nVRFY a\r\nHELP\r\n",
        "chunks": hello + mail + to[0] + b"BDAT 10\r\nSubject: xBDAT 6 LAST\r\n\r\n\r\nyy" + b"QUIT\r\n", "stray-chunk": b"BDAT 5\r\nabcde" + hello + b"BDAT 0 LAST\r\n",
        "large": hello + b"MAIL FROM:<> SIZE=99999\r\n" + mail + to[0] + b"DATA\r\n" + b"x" * 70 + b"\r\n" * 600 + b".\r\n", "line": hello + b"x" * 2_500 + b"\r\n",
        "bare": hello + mail + to[0] + b"DATA\r\na\n.\nb\r.\r\r\n.\n\r\n.\r\n", "smtputf8": hello + "MAIL FROM:<ü@ä> SMTPUTF8\r\nRCPT TO:<ö@d>\r\n".encode() + data,
    }
    return {f"{name}-{cut}": bytes([cut]) + talk for name, talk in talks.items() for cut in (0, 30)}


def mails() -> dict[str, dict[str, bytes]]:
    """Of the corpus of mails the short ones, each fifth; what they hold as text and as HTML seeds the targets for these."""
    corpora: dict[str, dict[str, bytes]] = {"mail": {}, "new-text": {}, "sanitizer": {}}
    found = [path for path in sorted((HERE.parent / "Corpus" / "messages").glob("*.eml")) if path.stat().st_size < 2_500]
    for path in found[::5]:
        raw = path.read_bytes()
        corpora["mail"][path.stem] = raw
        for part in email.message_from_bytes(raw).walk():
            target = {"text/plain": "new-text", "text/html": "sanitizer"}.get(part.get_content_type())
            body = part.get_payload(decode=True) if target else None
            if body:
                corpora[target][path.stem] = body
    html = {
        "script": "<script>a</script><svg><style><a title='</style><img src=x onerror=a>'>", "links": "<a href='java\tscript:a'>x</a><a href=//x><base href=x>",
        "tables": "<table><b><tr><td>x<table><li>y</table></p>z", "formats": "<b><i><p>x</b>y</i><a><a></a>" * 4, "lists": "<ul><li>a<li>b<dl><dt>c<dd>d",
        "math": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=a&gt;'>", "pre": "<pre>\n\nx</pre><textarea></pre>",
    }
    corpora["sanitizer"].update({name: text.encode() for name, text in html.items()})
    return corpora


def main(folder: pathlib.Path):
    told = examples()
    corpora = {
        "messages": messages(), "server": server(), "client": client(),
        "lmtp": lmtp(), **mails(),
        "frames": {f"{name}-{cut}": bytes([cut]) + rpc.hello() + data for name, data in told.items() for cut in (0, 16)},
        "hello": {**told, "settings": rpc.hello({1: 0, 2: 0xFFFF_FFFF, 3: 0xFFFF_FFFF, 4: 0xFFFF_FFFF}), "version": rpc.hello().replace(b"FLRP\0\1", b"FLRP\0\2"),
                  "request-head": bytes([14]) + rpc.request_head("a", {"b": "c"}, 1)},
    }
    for target, seeds in corpora.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in seeds.items():
            (folder / target / ("seed-" + name.replace(" ", "-"))).write_bytes(data)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "Corpus")
